// Installs what `npm run bench:peers` compares Sluice with: the packages of the npm registry, in pinned versions,
// into a folder of their own that git ignores. Debian packages need root, so they are only looked for; what is
// missing is named with the command that installs it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const versions = new URL('../bench/peers/peer-versions.json', import.meta.url);
const folder = new URL('../bench/peers/.peers/', import.meta.url);
const { npm, debian } = JSON.parse(readFileSync(versions, 'utf8'));

mkdirSync(folder, { recursive: true });
const manifest = { name: 'sluice-bench-peers', private: true, dependencies: npm };
writeFileSync(new URL('package.json', folder), `${JSON.stringify(manifest, undefined, 2)}\n`);

const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=dev'];
const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' });
if (status !== 0) {
  console.error('npm could not install the peers; its messages above say why');
  process.exit(1);
}
for (const [name, version] of Object.entries(npm)) console.log(`installed: ${name} ${version}`);

const missing = Object.entries(debian).filter(([, files]) => !files.every((file) => existsSync(file)));
for (const name of Object.keys(debian)) {
  if (!missing.some(([other]) => other === name)) console.log(`found: ${name} (Debian)`);
}
if (missing.length > 0) {
  const names = missing.map(([name]) => name).join(' ');
  console.error(`missing: ${names}\ninstall with: apt-get install --no-install-recommends ${names}`);
  process.exit(1);
}
