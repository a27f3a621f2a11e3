import { createRequire } from 'node:module';
import { peerFolder } from '../installed.ts';

const peerRequire = createRequire(new URL('package.json', peerFolder));

/** A CommonJS package of the folder that `scripts/install-peers.mjs` fills. */
export function requirePeer(name: string): unknown {
  return peerRequire(name);
}

/** An ES module of the same folder. */
export async function importPeer(file: string): Promise<unknown> {
  return import(new URL(`node_modules/${file}`, peerFolder).href);
}
