import { httpMode } from '../http/http-mode.ts';
import type { ResolvedHttpOptions } from '../http/http-options.ts';
import type { Mode, Transport } from '../path/mode.ts';
import { tcpMode } from '../tcp/tcp-mode.ts';
import type { ResolvedTcpOptions } from '../tcp/tcp-options.ts';
import { udpMode } from '../udp/udp-mode.ts';
import type { ResolvedUdpOptions } from '../udp/udp-options.ts';

/** The complete options of each mode. */
export interface OptionsByMode {
  readonly tcp: ResolvedTcpOptions;
  readonly http: ResolvedHttpOptions;
  readonly udp: ResolvedUdpOptions;
}

/** Every mode by its name: the one list of them. */
export const modes: { readonly [Name in keyof OptionsByMode]: Mode<OptionsByMode[Name]> } = {
  tcp: tcpMode,
  http: httpMode,
  udp: udpMode,
};

/** `tcp`, `http` or `udp`. */
export type ModeName = keyof OptionsByMode;

/** The mode of a listener, with its complete options. */
export type ResolvedMode = {
  [Name in ModeName]: { readonly name: Name; readonly options: OptionsByMode[Name] };
}[ModeName];

/** All names, or those of one transport. */
export function modeNames(transport?: Transport): readonly ModeName[] {
  const names = Object.keys(modes) as ModeName[];
  return transport === undefined ? names : names.filter((name) => modes[name].transport === transport);
}

/** What is known of any mode; its options are those that it has read. */
export function modeOf({ name }: ResolvedMode): Mode<unknown> {
  return modes[name];
}
