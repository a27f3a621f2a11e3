import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import type { Balancer, BalancerConfig } from '../../../src/index.ts';
import type { SoakServers } from './soak-servers.ts';

/** Short, so that sessions which run into it do not hold up the others. */
const idleTimeoutMs = 200;
const askAgainMs = 300;

export function soakConfig(servers: SoakServers, engine: 'auto' | 'linux' | 'portable'): BalancerConfig {
  const common = { host: '127.0.0.1', port: 0, persistence: { kind: 'sourceIp' } } as const;
  const at = (port: number) => [{ name: 's1', host: '127.0.0.1', port }];
  return {
    engine,
    services: [
      { ...common, name: 'dicom', mode: 'tcp', servers: at(servers.tcpPort), passiveHealth: false },
      { ...common, name: 'idle', mode: 'tcp', servers: at(servers.tcpPort), idleTimeoutMs },
      { ...common, name: 'abort', mode: 'tcp', servers: at(servers.tcpPort) },
      { ...common, name: 'refused', mode: 'tcp', servers: at(servers.closedPort), passiveHealth: false },
      { ...common, name: 'web', mode: 'http', servers: at(servers.httpPort) },
      { ...common, name: 'names', mode: 'udp', servers: at(servers.udpPort), idleTimeoutMs },
    ],
  };
}

/** One client's session from beginning to end. Clients have many addresses, all of this machine. */
type Session = (sessions: SoakSessions, address: string) => Promise<void>;

/** Every way in which a session ends, and its weight. */
const kinds: readonly (readonly [name: string, weight: number, session: Session])[] = [
  ['finished', 30, (on, from) => on.talk('dicom', from, 'e', (socket) => socket.end())],
  ['ended by the server', 10, (on, from) => on.talk('dicom', from, 'f', (socket) => socket.end())],
  [
    'reset by the client',
    14,
    (on, from) => on.talk('dicom', from, 'e', (socket) => socket.resetAndDestroy()),
  ],
  ['reset at once', 5, (on, from) => on.talk('dicom', from, '', (socket) => socket.resetAndDestroy())],
  ['reset by the server', 10, (on, from) => on.talk('dicom', from, 'r')],
  ['half-closed', 3, (on, from) => on.talk('dicom', from, 'b', undefined, true)],
  ['reset amid a splice', 2, (on, from) => on.talk('dicom', from, 'b', (socket) => socket.resetAndDestroy())],
  ['refused', 5, (on, from) => on.talk('refused', from, 'e')],
  ['idle', 1, (on, from) => on.talk('idle', from, 'e', () => undefined)],
  ['aborted by the service', 1, (on, from) => on.abort(from)],
  ['request', 7, (on, from) => on.talk('web', from, request('/', 'close'))],
  [
    'response aborted',
    3,
    (on, from) => on.talk('web', from, request('/bulk', 'close'), (socket) => socket.resetAndDestroy()),
  ],
  [
    'request aborted',
    3,
    (on, from) =>
      on.talk(
        'web',
        from,
        `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\nx`,
        undefined,
        false,
        1,
      ),
  ],
  ['flow', 4, (on, from) => on.flow(from)],
];
const totalWeight = kinds.reduce((sum, [, weight]) => sum + weight, 0);

function request(path: string, connection: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: ${connection}\r\n\r\n`;
}

export class SoakSessions {
  readonly #balancer: Balancer;
  readonly #ports = new Map<string, number>();
  readonly counts = new Map<string, number>(kinds.map(([name]) => [name, 0]));
  #isAborting = false;

  constructor(balancer: Balancer) {
    this.#balancer = balancer;
    for (const { name, listeners } of balancer.overview().services)
      this.#ports.set(name, listeners[0]?.port ?? 0);
  }

  /** @param random from 0 to 1, decides about the kind; @param index about the client's address */
  run(random: number, index: number): Promise<void> {
    let rest = random * totalWeight;
    const [name, , session] = kinds.find(([, weight]) => (rest -= weight) < 0) ?? kinds[0]!;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    return session(this, `127.0.${index % 8}.${1 + (index % 250)}`);
  }

  /**
   * Says something, does something once it is answered (at once where nothing is said), and waits for the end.
   *
   * @param endsFirst whether to end right after what is said
   * @param abortMs when to reset, unanswered
   */
  talk(
    service: string,
    localAddress: string,
    said: string,
    onAnswer?: (socket: Socket) => void,
    endsFirst = false,
    abortMs = 0,
  ): Promise<void> {
    return new Promise((resolve) => {
      const port = this.#ports.get(service) ?? 0;
      const socket = connect({ host: '127.0.0.1', port, localAddress, allowHalfOpen: endsFirst });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        resolve();
      });
      if (said === '') socket.once('connect', () => onAnswer?.(socket));
      else socket.write(said);
      if (endsFirst) socket.end();
      socket.once('data', () => onAnswer?.(socket)).resume();
      if (abortMs > 0) setTimeout(() => socket.resetAndDestroy(), abortMs);
    });
  }

  /** A session that the service cuts, and every other one at that time. */
  abort(localAddress: string): Promise<void> {
    return this.talk('abort', localAddress, 'e', () => {
      if (this.#isAborting) return;
      this.#isAborting = true;
      const selection = { service: 'abort', server: 's1' };
      void this.#balancer.drain({ ...selection, deadlineMs: 0 }).finally(() => {
        this.#isAborting = false;
        this.#balancer.online(selection);
      });
    });
  }

  /** Asks until there is an answer, as clients of UDP do. */
  flow(localAddress: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = createSocket('udp4');
      const ask = (): void => {
        socket.send('hello', this.#ports.get('names') ?? 0, '127.0.0.1');
      };
      const repeat = setInterval(ask, askAgainMs);
      socket.on('message', () => {
        clearInterval(repeat);
        socket.close(() => {
          resolve();
        });
      });
      socket.bind(0, localAddress, ask);
    });
  }
}
