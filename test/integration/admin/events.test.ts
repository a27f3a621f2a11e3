import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AdminScene, tokenOf } from './admin-scene.ts';
import { EventStream } from './event-stream.ts';

let scene: AdminScene;
const streams: EventStream[] = [];

beforeEach(async () => {
  scene = new AdminScene();
  await scene.start();
  await scene.open();
});

afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await scene.close();
});

async function read(headers: Readonly<Record<string, string>> = {}): Promise<EventStream> {
  const stream = await EventStream.open(scene.url, {
    authorization: `Bearer ${tokenOf('viewer')}`,
    ...headers,
  });
  streams.push(stream);
  return stream;
}

function halt(server: string): Promise<unknown> {
  return scene.askAs('operator', '/v1/halt', { method: 'POST', body: { server } });
}

describe('events', () => {
  it('begin with an overview, and tell of an order at once', async () => {
    const stream = await read();
    const { data } = await stream.next('overview');
    expect(data).toMatchObject({ services: [{ name: 'DICOM' }], nowMs: expect.any(Number) as number });
    await halt('s1');
    const changed = await stream.next('entry');
    expect(changed.data).toMatchObject({ kind: 'event', event: 'serverAdminStateChanged', current: 'halt' });
    expect((await stream.next('entry')).data).toMatchObject({
      kind: 'order',
      order: 'halt',
      by: 'token.operator',
    });
    const { data: after } = await stream.next('overview');
    expect(JSON.stringify(after)).toContain('"adminState":"halt"');
  });

  it('go on where a page left off', async () => {
    const first = await read();
    await halt('s1');
    const { id } = await first.next('entry');
    first.close();
    await halt('s2');
    const again = await read({ 'last-event-id': id! });
    const told = [await again.next('entry'), await again.next('entry'), await again.next('entry')];
    expect(told.map(({ data }) => [data['kind'], data['server']])).toEqual([
      ['order', 's1'],
      ['event', 's2'],
      ['order', 's2'],
    ]);
  });

  it.each(['abc-1', 'nonsense', '0-99999'])('tell that %s means nothing here', async (id) => {
    const stream = await read({ 'last-event-id': id });
    expect((await stream.next('gap')).data).toEqual({ missed: null });
  });

  it('end with the log-in', async () => {
    const browser = await scene.logIn('viewer');
    const stream = await EventStream.open(scene.url, { cookie: browser.cookie });
    await stream.next('overview');
    await browser.post('/v1/session/end');
    await stream.ended();
  });

  it('end with the token', async () => {
    const stream = await read();
    await stream.next('overview');
    await scene.askAs('admin', '/v1/tokens/remove', { method: 'POST', body: { name: 'viewer' } });
    await stream.ended();
  });

  it('end with the administration', async () => {
    const stream = await read();
    await stream.next('overview');
    await scene.admin.close();
    await stream.ended();
  });
});
