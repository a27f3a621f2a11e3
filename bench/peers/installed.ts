import { existsSync, readFileSync } from 'node:fs';

/** The pinned npm packages and the files by which Debian packages are found. */
interface PeerVersions {
  readonly npm: Readonly<Record<string, string>>;
  readonly debian: Readonly<Record<string, readonly string[]>>;
}

export const peerVersions = JSON.parse(
  readFileSync(new URL('peer-versions.json', import.meta.url), 'utf8'),
) as PeerVersions;

/** Where `scripts/install-peers.mjs` put the npm packages. */
export const peerFolder = new URL('.peers/', import.meta.url);

/** Names the packages that are missing and the command that installs them; undefined where all are there. */
export function missingDebian(...names: readonly string[]): string | undefined {
  const missing = names.filter(
    (name) => !(peerVersions.debian[name] ?? []).every((file) => existsSync(file)),
  );
  if (missing.length === 0) return undefined;
  const list = missing.join(' ');
  return `needs the Debian package ${list}: apt-get install --no-install-recommends ${list}`;
}

/** The same for a package of the npm registry. */
export function missingNpm(name: string): string | undefined {
  if (existsSync(new URL(`node_modules/${name}/package.json`, peerFolder))) return undefined;
  return `needs the npm package ${name}: npm run bench:peers:install`;
}
