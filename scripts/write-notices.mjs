// Writes dist/third-party-notices.txt: the licences of the libraries inside the command. Part of `npm run build`.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const metafile = new URL('dist/metafile-esm.json', root);
const { inputs } = JSON.parse(readFileSync(metafile, 'utf8'));

const bundled = new Set();
for (const path of Object.keys(inputs)) {
  const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(path)?.[1];
  if (name !== undefined) bundled.add(name);
}

function noticeOf(name) {
  const folder = new URL(`node_modules/${name}/`, root);
  const { version, license } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/iu.test(each));
  if (file === undefined) throw new Error(`${name} is bundled and has no file with its licence`);
  const text = readFileSync(new URL(file, folder), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}`;
}

const head = 'The command `sluice` contains these libraries:';
const notices = [...bundled].sort().map(noticeOf);
writeFileSync(new URL('dist/third-party-notices.txt', root), `${[head, ...notices].join('\n\n---\n\n')}\n`);
rmSync(metafile);
