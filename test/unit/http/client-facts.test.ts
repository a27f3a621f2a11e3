import { afterEach, describe, expect, it } from 'vitest';
import type { BalancingPolicy, Client, ClientFact, Persistence } from '../../../src/index.ts';
import { OptionsError, roundRobin } from '../../../src/index.ts';
import { answerWith, get, ok } from '../../support/virtual-http.ts';
import { VirtualScene, type SceneOptions } from '../../support/virtual-scene.ts';

let scene: VirtualScene;

async function start(options: SceneOptions): Promise<void> {
  scene = await VirtualScene.start({ mode: 'http', ...options });
  for (const server of scene.servers) answerWith(server, () => ok(server.name));
}

async function ask(target: string, ...headers: string[]): Promise<void> {
  scene.connect().send(get(target, ...headers));
  await scene.network.run();
}

/** Remembers nobody, and notes what it can read each time that it is asked. */
function reader(
  needs: readonly ClientFact[],
  read: (client: Client) => unknown,
  seen: unknown[],
): Persistence {
  const lookup = (client: Client): undefined => void seen.push(read(client));
  const strategy = { reason: 'own', needs, lookup, learn: () => undefined, forget: () => undefined };
  return { name: 'reader', strategies: [strategy] };
}

afterEach(async () => {
  await scene.stop();
});

describe('what a strategy may read of an HTTP client', () => {
  const readAll = (client: Client): unknown => [
    client.method,
    client.target,
    client.header('x-site'),
    client.header('x-site', 1),
    client.header('x-site', 2),
    client.cookie('APP'),
    client.localPort,
  ];
  const headers = ['X-Site:  north ', 'x-SITE: south', 'Cookie: APP=1'];

  it('is the same when a server refuses and another one is chosen, though the head is gone', async () => {
    const seen: unknown[] = [];
    const needs = ['method', 'target', 'header:x-site', 'cookie:APP'] as const;
    await start({ servers: ['Ax', 'B'], persistence: reader(needs, readAll, seen) });
    await ask('/study?id=7', ...headers);
    const all = ['GET', '/study?id=7', 'north', 'south', undefined, '1', scene.listener.port];
    expect(seen).toEqual([all, all]);
  });

  it('is there at the first choice also where no need was stated, and later once it was asked for', async () => {
    const seen: unknown[] = [];
    await start({ servers: ['Ax', 'B'], persistence: reader([], (client) => client.header('X-Site'), seen) });
    await ask('/', ...headers);
    await ask('/', ...headers);
    expect(seen[0]).toBe('north');
    expect(seen.slice(2)).not.toContain(undefined);
  });

  it('is kept for another choice under its name in any case', async () => {
    const seen: unknown[] = [];
    const read = (client: Client): unknown => [client.header('x-site'), client.header('X-SITE', 1)];
    await start({ servers: ['Ax', 'B'], persistence: reader(['header:X-Site'], read, seen) });
    await ask('/', ...headers);
    expect(seen).toEqual([
      ['north', 'south'],
      ['north', 'south'],
    ]);
  });

  it('is kept for another choice, however many needs there are', async () => {
    const seen: unknown[] = [];
    const names = Array.from({ length: 20 }, (_, index) => `x-${index}`);
    const read = (client: Client): unknown => [
      ...names.map((name) => client.header(name)),
      ...names.map((name) => client.cookie(name)),
    ];
    const needs = names.flatMap((name): ClientFact[] => [`header:${name}`, `cookie:${name}`]);
    await start({ servers: ['Ax', 'B'], persistence: reader(needs, read, seen) });
    const cookies = names.map((name) => `${name}=c-${name}`).join('; ');
    await ask('/', ...names.map((name) => `${name}: h-${name}`), `Cookie: ${cookies}`);
    const all = [...names.map((name) => `h-${name}`), ...names.map((name) => `c-${name}`)];
    expect(seen).toEqual([all, all]);
  });

  it('is that of the current request of a connection', async () => {
    const seen: unknown[] = [];
    const read = (client: Client): unknown => [client.target, client.header('x-site')];
    await start({ servers: ['A'], persistence: reader(['target', 'header:x-site'], read, seen) });
    scene.connect().send(get('/1', 'X-Site: a') + get('/2') + get('/3', 'X-Site: a'));
    await scene.network.run();
    expect(seen).toEqual([
      ['/1', 'a'],
      ['/2', undefined],
      ['/3', 'a'],
    ]);
  });

  it('is there for balancing as well', async () => {
    const seen: unknown[] = [];
    const balance: BalancingPolicy = {
      kind: 'bySite',
      needs: ['header:x-site'],
      build: (servers, random, previous) => {
        const inner = roundRobin().build(servers, random, previous);
        return {
          pick: (client, tried) => {
            seen.push(client.header('x-site'));
            return inner.pick(client, tried);
          },
        };
      },
    };
    await start({ servers: ['Ax', 'B'], pool: { balance } });
    await ask('/', ...headers);
    expect(seen).toEqual(['north', 'north']);
  });
});

describe('a need that is no client fact', () => {
  it.each([['header:x'], [[1]], [['header']], [['header:']], [['address:1']], [['size']]])(
    'is a problem of the configuration: %j',
    async (needs) => {
      await start({ servers: ['A'] });
      const balance = Object.assign(roundRobin(), { needs: needs as never });
      await expect(VirtualScene.start({ mode: 'http', pool: { balance } })).rejects.toThrow(OptionsError);
      const persistence = reader(needs as never, () => undefined, []);
      await expect(VirtualScene.start({ mode: 'http', persistence })).rejects.toThrow(OptionsError);
    },
  );
});

describe('a need that the mode does not know', () => {
  it.each(['persistence', 'balance'])('is a problem of the configuration: %s', async (option) => {
    const needy =
      option === 'persistence'
        ? { persistence: reader(['header:x-site'], () => undefined, []) }
        : { pool: { balance: Object.assign(roundRobin(), { needs: ['header:x-site'] as const }) } };
    await start({ servers: ['A'] });
    await expect(VirtualScene.start({ mode: 'tcp', ...needy })).rejects.toThrow(
      /mode 'tcp' offers \(not header:x-site\)/,
    );
  });
});
