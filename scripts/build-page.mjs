// Builds the page of the admin server: dist/page/{index.html,page.js,page.css}. Part of `npm run build`.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What a browser loads at most, compressed. */
const maxBytes = 200_000;

const root = new URL('../', import.meta.url);
const from = (path) => fileURLToPath(new URL(path, root));
const files = ['index.html', 'page.js', 'page.css'];

mkdirSync(from('dist/page'), { recursive: true });
const { metafile } = await build({
  entryPoints: [from('page/main.tsx'), from('page/page.css')],
  entryNames: 'page',
  outdir: from('dist/page'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  tsconfig: from('page/tsconfig.json'),
  absWorkingDir: from('.'),
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
});
copyFileSync(from('page/index.html'), from('dist/page/index.html'));
// The notices of what is inside are written from it.
writeFileSync(from('dist/metafile-page.json'), JSON.stringify(metafile));

const bytes = files
  .map((file) => gzipSync(readFileSync(from(`dist/page/${file}`))).length)
  .reduce((sum, size) => sum + size, 0);
console.log(`dist/page: ${(bytes / 1000).toFixed(1)} kB compressed`);
if (bytes > maxBytes) {
  console.error(`The page has ${bytes} bytes compressed, more than ${maxBytes}: make it smaller`);
  process.exit(1);
}
