import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Listener, type AccessLog } from '../../src/index.ts';
import { closedPort } from '../support/closed-port.ts';
import { closeAll, get, openHttpServer, RawClient } from '../support/http-harness.ts';
import { requireTools, run } from '../support/real-software.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const describeReal = requireTools(['halog', 'sh'], 'haproxy');

describeReal('the access log in HAProxy’s format, as halog reads it', () => {
  const folder = temporaryFolder();
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
    await closeAll();
  });

  async function listen(
    port: number,
  ): Promise<{ readonly web: Listener; readonly log: AccessLog; file: string }> {
    const web = new Listener({
      name: 'Web',
      host: '127.0.0.1',
      port: 0,
      mode: 'http',
      pool: { servers: [{ name: 'PACS1', host: '127.0.0.1', port }] },
    });
    closers.push(() => web.stop({ graceMs: 0 }));
    const file = join(folder, `${port}.log`);
    const log = web.accessLog({ to: file, format: 'haproxy' });
    await web.start();
    return { web, log, file };
  }

  /** What halog says, line by line. */
  async function halog(file: string, ...args: readonly string[]): Promise<string[]> {
    const { stdout, stderr } = await run('sh', ['-c', `halog ${args.join(' ')} < "$0"`, file]);
    expect(stderr).not.toMatch(/Truncated/u);
    expect(stderr).toMatch(/ 0 parsing errors/u);
    return stdout.trim().split('\n');
  }

  it('has servers, statuses, endings and addresses', async () => {
    const { port } = await openHttpServer((request, response) => {
      response.statusCode = request.url === '/missing' ? 404 : 200;
      response.end('found');
    });
    const { web, log, file } = await listen(port);
    const client = await RawClient.connect(web.port);
    for (const path of ['/a', '/a', '/missing', '/"quoted"']) await client.ask(get(path));
    client.send('nonsense\r\n\r\n');
    await client.ended();
    await log.close();

    const servers = await halog(file, '-srv');
    expect(servers[1]).toMatch(/^Web\/<NOSRV> 0 0 0 1 0 0 1 /u);
    expect(servers[2]).toMatch(/^Web\/PACS1 0 3 0 1 0 0 4 /u);
    expect((await halog(file, '-st')).sort()).toEqual(['200 3', '400 1', '404 1']);
    expect((await halog(file, '-tc')).sort()).toEqual(['-- 4', 'PR 1']);
    expect((await halog(file, '-u')).filter((line) => line.endsWith(' /a'))).toHaveLength(1);
    expect((await halog(file, '-ic')).at(-1)).toMatch(/ 127\.0\.0\.1$/u);
    expect(readFileSync(file, 'utf8')).toContain('"GET /#22quoted#22 HTTP/1.1"');
  });

  it('has requests that no server took', async () => {
    const { web, log, file } = await listen(await closedPort());
    const client = await RawClient.connect(web.port);
    await client.ask(get('/'));
    await log.close();
    expect(await halog(file, '-tc')).toEqual(['SC 1']);
    expect(await halog(file, '-st')).toEqual(['503 1']);
  });
});
