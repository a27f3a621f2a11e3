import { afterEach, describe, expect, it } from 'vitest';
import { httpCookie } from '../../src/persistence/http-cookie.ts';
import { closeAll, get, openHttpServer, openHttpService, RawClient } from '../support/http-harness.ts';

afterEach(closeAll);

describe('defect 9: several cookies of the name that persistence uses', () => {
  async function openClient(): Promise<{ client: RawClient; valid: string }> {
    const servers = [(await openHttpServer('A')).port, (await openHttpServer('B')).port];
    const service = await openHttpService({ servers, persistence: httpCookie() });
    const client = await RawClient.connect(service.port);
    await client.ask(get('/first'));
    const second = await client.ask(get('/second'));
    expect(second).toMatch(/B$/);
    return { client, valid: /SERVERID=(\w+)/.exec(second)![1]! };
  }

  it.each([
    ['behind one that is left over', (valid: string) => [`Cookie: SERVERID=left-over; SERVERID=${valid}`]],
    ['before one', (valid: string) => [`Cookie: SERVERID=${valid}; a=b; SERVERID=left-over`]],
    ['in another line', (valid: string) => ['Cookie: SERVERID=left-over; a=b', `Cookie: SERVERID=${valid}`]],
    ['in quotation marks', (valid: string) => [`Cookie: SERVERID=; SERVERID="${valid}"`]],
  ])('the valid one counts, %s', async (_where, lines) => {
    const { client, valid } = await openClient();
    for (let request = 0; request < 3; request++) {
      const answer = await client.ask(get('/again', ...lines(valid)));
      expect(answer).toMatch(/B$/);
      expect(answer).not.toContain('Set-Cookie');
    }
  });
});
