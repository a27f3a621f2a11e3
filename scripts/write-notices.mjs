// Writes dist/third-party-notices.txt: the licences of the libraries inside the command and the page. Part of `npm run build`.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const metafiles = ['esm', 'page'].map((name) => new URL(`dist/metafile-${name}.json`, root));

const bundled = new Set();
for (const metafile of metafiles) {
  const { inputs } = JSON.parse(readFileSync(metafile, 'utf8'));
  for (const path of Object.keys(inputs)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(path)?.[1];
    if (name !== undefined) bundled.add(name);
  }
}

function noticeOf(name) {
  const folder = new URL(`node_modules/${name}/`, root);
  const { version, license } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/iu.test(each));
  if (file === undefined) throw new Error(`${name} is bundled and has no file with its licence`);
  const text = readFileSync(new URL(file, folder), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}`;
}

const head = 'The command `sluice` and the page contain these libraries:';
const notices = [...bundled].sort().map(noticeOf);
writeFileSync(new URL('dist/third-party-notices.txt', root), `${[head, ...notices].join('\n\n---\n\n')}\n`);
metafiles.forEach((metafile) => rmSync(metafile));
