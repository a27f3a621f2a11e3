import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PageFiles, type PagePath } from '../../../src/admin/http/page-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = `${temporaryFolder()}/`;
const server = createServer();

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  server.removeAllListeners('request');
});

async function serve(listener: RequestListener): Promise<string> {
  server.on('request', listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
}

describe('the page', () => {
  it('is sent packed, but for the document, and once', async () => {
    const html = '<!doctype html><title>Sluice</title>';
    const script = 'console.log(1);\n'.repeat(50);
    writeFileSync(join(folder, 'index.html'), html);
    writeFileSync(join(folder, 'page.js'), script);
    const page = new PageFiles(folder);
    const url = await serve((request, response) => page.send(request.url as PagePath, request, response));
    const document = await fetch(url);
    expect(document.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(document.headers.get('content-encoding')).toBeNull();
    expect(await document.text()).toBe(html);
    const packed = await fetch(`${url}/page.js`);
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(await packed.text()).toBe(script);
    const tag = packed.headers.get('etag')!;
    expect((await fetch(`${url}/page.js`, { headers: { 'if-none-match': tag } })).status).toBe(304);
    const plain = await fetch(`${url}/page.js`, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-length')).toBe(String(script.length));
  });

  it('says so where it was not built', async () => {
    const page = new PageFiles('/nowhere/');
    const url = await serve((request, response) => page.send('/', request, response));
    const response = await fetch(url);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm run build');
  });
});
