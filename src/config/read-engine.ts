import type { OptionReader } from '../base/options.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineSource } from '../engine/engine-lease.ts';
import { engineKinds, engineRefusal } from '../engine/select-engine.ts';
import { SharedEngine } from '../engine/shared-engine.ts';

/** Reads the option `engine`: a name, or a live engine of one's own, shared or not. */
export function readEngine(reader: OptionReader): EngineSource {
  const live = reader.live('engine', isLiveEngine);
  if (live !== undefined) return live;
  const kind = reader.oneOf('engine', engineKinds, { default: 'auto' as const });
  const refusal = engineRefusal(kind);
  if (refusal !== undefined) reader.problem('engine', refusal);
  return kind;
}

function isLiveEngine(value: unknown): value is SharedEngine | Engine {
  if (value instanceof SharedEngine) return true;
  const { listen, connect, bindUdp, connectUdp, close } = Object(value) as Partial<Engine>;
  return [listen, connect, bindUdp, connectUdp, close].every((member) => typeof member === 'function');
}
