import type { DatagramHandler, UdpPort } from '../../engine/engine.ts';
import type { SluiceError } from '../../base/errors.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { NetbiosName } from '../../nbns/name.ts';
import {
  decodeNodeStatusResponse,
  encodeNodeStatusRequest,
  nameFlags,
  type NodeStatus,
} from '../../nbns/node-status.ts';
import { OptionReader } from '../../base/options.ts';
import type { Timer } from '../../runtime/runtime.ts';
import type { Probe, ProbeContext, ProbeResult, ProbeSubject } from '../probe.ts';
import { connectFailure, timedOut } from './connect-failure.ts';

/** Which port to ask, and which name must be in the answer. */
export interface NodeStatusProbeOptions {
  /**
   * A name that the server must have for itself alone, active and not in conflict: `INFINITT` with any
   * suffix, or `INFINITT<20>`. Without it, any name will do.
   */
  readonly name?: string;
  /** Another UDP port than the one traffic goes to. 1 to 65535. */
  readonly port?: number;
}

/** {@link NodeStatusProbeOptions}, complete. */
export interface ResolvedNodeStatusProbeOptions {
  readonly name: string | undefined;
  readonly port: number | undefined;
}

/** A name, of one kind or (suffix undefined) of any. */
interface ExpectedName {
  readonly text: string;
  readonly suffix: number | undefined;
}

/** Datagrams get lost; the request is sent again this often within the time limit. */
const retryMs = 500;

export class NodeStatusProbe implements Probe {
  readonly kind = 'nodeStatus';
  readonly #name: ExpectedName | undefined;
  readonly #port: number | undefined;

  constructor({ name, port }: ResolvedNodeStatusProbeOptions) {
    this.#name = name === undefined ? undefined : parseExpectedName(name);
    this.#port = port;
  }

  check(subject: ProbeSubject, context: ProbeContext): Promise<ProbeResult> {
    const { host } = subject;
    const port = this.#port ?? subject.port;
    return new Promise((resolve, reject) => {
      new NodeStatusExchange(context, host, port, (status) => judge(status, this.#name), resolve, reject);
    });
  }
}

/** One request, its repetitions and its answer. Closes its port before it resolves. */
class NodeStatusExchange implements DatagramHandler {
  readonly #context: ProbeContext;
  readonly #endpoint: string;
  readonly #judge: (status: NodeStatus) => ProbeResult;
  readonly #resolve: (result: ProbeResult) => void;
  readonly #reject: (error: unknown) => void;
  readonly #transactionId: number;
  readonly #request: Buffer;
  readonly #port: UdpPort;
  readonly #abort = (): void => this.#end(timedOut(this.#endpoint));
  #retry: Timer | undefined = undefined;
  #isOver = false;

  constructor(
    context: ProbeContext,
    host: string,
    port: number,
    judgeStatus: (status: NodeStatus) => ProbeResult,
    resolve: (result: ProbeResult) => void,
    reject: (error: unknown) => void,
  ) {
    this.#context = context;
    this.#endpoint = formatEndpoint(host, port);
    this.#judge = judgeStatus;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#transactionId = Math.floor(context.runtime.random() * 0x10000);
    this.#request = encodeNodeStatusRequest(this.#transactionId);
    this.#port = context.engine.connectUdp({ host, port, usesReserve: true, expectsAnswer: true }, this);
    if (context.signal.aborted) this.#abort();
    else this.#start();
  }

  onDatagram(_port: UdpPort, bytes: Buffer, start: number, end: number): void {
    const status = decodeNodeStatusResponse(bytes, start, end);
    // Whatever does not answer this request is ignored.
    if (this.#isOver || status?.transactionId !== this.#transactionId) return;
    this.#end(this.#judge(status));
  }

  onError(_port: UdpPort, error: SluiceError): void {
    if (this.#isOver) return;
    try {
      this.#end(connectFailure(error));
    } catch (fault) {
      this.#close();
      this.#reject(fault);
    }
  }

  #start(): void {
    this.#context.signal.addEventListener('abort', this.#abort, { once: true });
    this.#send();
  }

  #send(): void {
    this.#port.sendConnected(this.#request, 0, this.#request.length);
    this.#retry = this.#context.runtime.clock.schedule(retryMs, () => this.#send());
  }

  #end(result: ProbeResult): void {
    this.#close();
    this.#resolve(result);
  }

  #close(): void {
    this.#isOver = true;
    this.#retry?.cancel();
    this.#context.signal.removeEventListener('abort', this.#abort);
    this.#port.close();
  }
}

function judge(status: NodeStatus, expected: ExpectedName | undefined): ProbeResult {
  const { responseCode, names } = status;
  const failed = (code: string, reason: string): ProbeResult => ({ ok: false, code, reason });
  if (responseCode !== 0) return failed(`rcode-${responseCode}`, `The server answered code ${responseCode}`);
  if (names.length === 0) return failed('no-names', 'The server has no NetBIOS name');
  const answered = { ok: true, code: 'answered', reason: `The server has ${names.length} NetBIOS names` };
  if (expected === undefined) return answered;
  const named = names.filter((name) => isNamed(name, expected));
  if (named.some(({ flags }) => (flags & relevantFlags) === nameFlags.active)) return answered;
  if (named.some(({ flags }) => (flags & nameFlags.conflict) !== 0)) {
    return failed('name-conflict', `Another machine also claims the name ${expected.text}`);
  }
  return failed('name-missing', `The server does not have ${expected.text} as an active unique name`);
}

/** A usable name has only `active` of these. */
const relevantFlags = nameFlags.group | nameFlags.deregistering | nameFlags.conflict | nameFlags.active;

function isNamed(name: NetbiosName, expected: ExpectedName): boolean {
  if (expected.suffix !== undefined && name.suffix !== expected.suffix) return false;
  return name.text.toUpperCase() === expected.text;
}

/**
 * Asks the NetBIOS name service of the server for its names (UDP), as `nbtstat -A` does. The right check for
 * port 137, where TCP is hardly ever served.
 *
 * Codes: `answered`; `no-names`, `name-missing`, `name-conflict`, `rcode-1` and the like; `refused` (its UDP
 * port is closed), `timeout`, `unreachable`.
 *
 * @throws OptionsError
 */
export function nodeStatusProbe(options: NodeStatusProbeOptions = {}): Probe {
  const reader = new OptionReader('nodeStatusProbe', options);
  const resolved = readNodeStatusProbe(reader);
  reader.finish();
  return new NodeStatusProbe(resolved);
}

const expectedName =
  /^([\x21-\x3b\x3d\x3f-\x7e](?:[\x20-\x3b\x3d\x3f-\x7e]{0,13}[\x21-\x3b\x3d\x3f-\x7e])?)(?:<([0-9A-Fa-f]{2})>)?$/;

export function readNodeStatusProbe(reader: OptionReader): ResolvedNodeStatusProbeOptions {
  const name = reader.string('name', {
    pattern: expectedName,
    expected: 'a NetBIOS name of 1 to 15 characters such as INFINITT or INFINITT<20>',
    default: undefined,
  });
  const port = reader.integer('port', { min: 1, max: 65535, default: undefined });
  return { name, port };
}

function parseExpectedName(name: string): ExpectedName {
  const [, text = '', suffix] = expectedName.exec(name) ?? [];
  return { text: text.toUpperCase(), suffix: suffix === undefined ? undefined : Number.parseInt(suffix, 16) };
}
