import { randomBytes } from 'node:crypto';
import { bodyContent } from '../load/origin.ts';
import type { Address } from '../subject.ts';
import { ask, firstCookie } from './http-client.ts';

const uploadBytes = 300_000;
const visits = 6;

/** Bodies are unharmed both ways, the server learns the client's address, and clients stay with their server. */
export async function proveHttp(address: Address): Promise<readonly string[]> {
  await proveBodies(address);
  await proveAffinity(address, {});
  const cookie = await firstCookie(address);
  if (cookie === undefined) return ['no cookie persistence'];
  await proveAffinity(address, { cookie });
  return [];
}

/** Bodies are unharmed both ways: also a proof for subjects that carry HTTP without knowing it. */
export async function proveBodies(address: Address): Promise<readonly string[]> {
  const download = await ask(address, '/1m');
  if (download.status !== 200 || !download.body.equals(bodyContent)) {
    throw new Error(`a response body of 1 MiB came changed (status ${download.status})`);
  }
  const upload = randomBytes(uploadBytes);
  const echo = await ask(address, '/echo', {
    headers: { 'content-type': 'application/octet-stream' },
    body: upload,
  });
  if (echo.status !== 200 || !echo.body.equals(upload)) {
    throw new Error(`a request body came changed (status ${echo.status})`);
  }
  return [];
}

async function proveAffinity(address: Address, headers: Record<string, string>): Promise<void> {
  const seen = new Set<string>();
  for (let visit = 0; visit < visits; visit++) {
    const { body } = await ask(address, '/whoami', { headers });
    const [server = '', client = ''] = body.toString('latin1').split('|');
    if (!/^(::ffff:)?127\.0\.0\.1$/.test(client))
      throw new Error(`the server was told '${client}' as the client`);
    seen.add(server);
  }
  if (seen.size !== 1) throw new Error(`one client met ${seen.size} servers`);
}
