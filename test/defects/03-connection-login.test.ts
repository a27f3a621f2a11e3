import { afterEach, describe, expect, it } from 'vitest';
import type { ServerOptions } from '../../src/model/server.ts';
import {
  closeAll,
  eventually,
  get,
  openHttpService,
  openRawServer,
  RawClient,
  type HttpServiceOptions,
  type HttpServiceUnderTest,
} from '../support/http-harness.ts';
import { helloLine, ntlmAnswers, replyLine } from '../support/ntlm-server.ts';

afterEach(closeAll);

type Server = Awaited<ReturnType<typeof openRawServer>>;

interface SceneOptions extends Omit<HttpServiceOptions, 'servers'> {
  /** @default A and B */
  readonly names?: readonly string[];
  /** Of each server. */
  readonly server?: Partial<ServerOptions>;
}

/** Servers that log in connections, between which requests take turns. */
async function open({ names = ['A', 'B'], server, ...options }: SceneOptions = {}): Promise<{
  servers: Server[];
  service: HttpServiceUnderTest;
}> {
  const servers = await Promise.all(names.map((name) => openRawServer(ntlmAnswers(name))));
  const service = await openHttpService({
    servers: servers.map(({ port }, index) => ({
      name: names[index] ?? '',
      host: '127.0.0.1',
      port,
      ...server,
    })),
    ...options,
  });
  return { servers, service };
}

/** Logs in with three requests, and somebody else's between them. @returns the last response */
async function logIn(client: RawClient, user: string, options: LoginOptions = {}): Promise<string> {
  const { lines = [], between } = options;
  await client.ask(get('/', ...lines));
  await between?.();
  const challenge = await client.ask(get('/', helloLine, ...lines));
  await between?.();
  return client.ask(get('/', replyLine(challenge, user), ...lines));
}

interface LoginOptions {
  /** Of each of the requests. */
  readonly lines?: readonly string[];
  readonly between?: () => Promise<unknown>;
}

function connectionsOf(servers: readonly Server[]): number {
  return servers.reduce((sum, { connections }) => sum + connections.length, 0);
}

describe('defect 3: a server connection that somebody logged in on', () => {
  it('belongs to that client alone', async () => {
    const { service } = await open({ names: ['A'] });
    const [alice, other] = [await RawClient.connect(service.port), await RawClient.connect(service.port)];
    const askOther = async (): Promise<void> => {
      expect(await other.ask(get('/'))).toMatch(/^HTTP\/1.1 401/);
    };
    expect(await logIn(alice, 'alice', { between: askOther })).toMatch(/as alice$/);
    for (let round = 0; round < 4; round++) {
      await askOther();
      expect(await alice.ask(get('/'))).toMatch(/as alice$/);
    }
    const late = await RawClient.connect(service.port);
    expect(await late.ask(get('/'))).toMatch(/^HTTP\/1.1 401/);
  });

  it('carries all of its requests, whatever balancing says, and each client has its own', async () => {
    const { servers, service } = await open();
    const [alice, bob] = [await RawClient.connect(service.port), await RawClient.connect(service.port)];
    const decisions = service.record('decisionMade');
    const answers = [await logIn(alice, 'alice'), await logIn(bob, 'bob')];
    for (let round = 0; round < 3; round++) {
      expect([await alice.ask(get('/')), await bob.ask(get('/'))]).toEqual(answers);
    }
    expect(connectionsOf(servers)).toBe(2);
    expect(decisions.slice(-6).map(({ reason }) => reason)).toEqual(Array(6).fill('connection'));
    expect(service.leases).toBe(0);
  });

  it('belongs to whom its server asked to log in, and to whom offered it unasked', async () => {
    const { servers, service } = await open();
    const [first, second] = [await RawClient.connect(service.port), await RawClient.connect(service.port)];
    await first.ask(get('/'));
    await second.ask(get('/', 'Proxy-Authorization: negotiate YII='));
    await (await RawClient.connect(service.port)).ask(get('/'));
    expect(connectionsOf(servers)).toBe(3);
  });

  it('ends with the client connection', async () => {
    const { servers, service } = await open();
    const alice = await RawClient.connect(service.port);
    await logIn(alice, 'alice');
    alice.socket.end();
    const sockets = servers.flatMap(({ connections }) => connections.map(({ socket }) => socket));
    expect(sockets).toHaveLength(1);
    await eventually(() => sockets.every(({ readableEnded }) => readableEnded));
    expect(sockets.map(({ errored }) => errored)).toEqual([null]);
  });

  it('ends with the response that ends the client connection', async () => {
    const { servers, service } = await open();
    const alice = await RawClient.connect(service.port);
    await alice.ask(get('/', helloLine));
    await alice.ask(get('/', 'Connection: close'));
    const socket = servers.flatMap(({ connections }) => connections)[0]?.socket;
    await eventually(() => socket?.readableEnded === true);
  });

  it('carries a login whose requests offer an upgrade', async () => {
    const { service } = await open();
    const alice = await RawClient.connect(service.port);
    const lines = ['Connection: Upgrade', 'Upgrade: websocket'];
    expect(await logIn(alice, 'alice', { lines })).toMatch(/as alice$/);
  });

  it('is waited for where its server is full', async () => {
    const { service, servers } = await open({ server: { maxSessions: 1 } });
    const alice = await RawClient.connect(service.port);
    const greeting = await logIn(alice, 'alice');
    const server = service.pool.get(greeting.includes('A as') ? 'A' : 'B');
    expect(server?.take()).toBe(true);
    alice.send(get('/late'));
    await eventually(() => service.pool.queue.size === 1);
    if (server !== undefined) {
      server.giveBack();
      service.pool.released(server);
    }
    await alice.until((text) => text.endsWith(greeting + greeting));
    expect(connectionsOf(servers)).toBe(1);
  });

  it('may be lost: the client logs in anew', async () => {
    const { service, servers } = await open();
    const alice = await RawClient.connect(service.port);
    await logIn(alice, 'alice');
    for (const { connections } of servers) for (const { socket } of connections) socket.destroy();
    expect(await alice.ask(get('/'))).toMatch(/^HTTP\/1.1 401/);
    expect(await logIn(alice, 'alice')).toMatch(/as alice$/);
    expect(connectionsOf(servers)).toBe(2);
  });

  it('is left, and closed, where its server may not be used any more', async () => {
    const { service, servers } = await open({ http: { serverIdleTimeoutMs: 40 } });
    const alice = await RawClient.connect(service.port);
    const greeting = await logIn(alice, 'alice');
    const [own, another] = greeting.includes('A as') ? ['A', 'B'] : ['B', 'A'];
    service.pool.setAdminState(own, 'halt');
    const socket = servers.flatMap(({ connections }) => connections)[0]?.socket;
    await eventually(() => socket?.readableEnded === true);
    expect(await logIn(alice, 'alice')).toMatch(new RegExp(`${another} as alice$`));
  });
});
