// Development only: takes the pictures of docs/page.md anew, in docs/page. Run it with `npm run page:pictures`. It needs
// Debian's chromium.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PageScene } from '../test/support/page-scene.ts';
import { PageVisitor } from '../test/support/page-visitor.ts';

const folder = fileURLToPath(new URL('../docs/page/', import.meta.url));
const light = { colorScheme: 'light' };
const dark = { colorScheme: 'dark' };
const phone = { ...light, viewport: { width: 390, height: 844 } };
const wall = { ...dark, viewport: { width: 2560, height: 1440 } };
const pictures = [
  { name: 'overview', path: '', options: light },
  { name: 'overview-wall', path: '', options: wall },
  { name: 'overview-phone', path: '', options: phone },
  { name: 'server', path: '#/server/INF_PACS1?order=drain', options: dark },
  { name: 'service', path: '#/service/DICOM', options: light },
  { name: 'duplicate', path: '#/service/INFINITT_Web', options: light, press: 'Duplicate…' },
  { name: 'logs', path: '#/logs', options: light },
];

await mkdir(folder, { recursive: true });
const scene = await PageScene.open();
const visitor = await PageVisitor.launch();
try {
  const opened = [];
  for (const { name, path, options, press } of pictures) {
    const page = await visitor.enter(scene.address, 'mkim', options);
    await page.goto(`${scene.address}${path}`);
    if (press !== undefined) await page.getByRole('button', { name: press }).click();
    opened.push({ name, page });
  }
  const tcpServices = ['DICOM', 'QUERY', 'MWL', 'INFINITT_Check'];
  for (let host = 1; host <= 48; host++) await scene.client(tcpServices[host % tcpServices.length], host);
  scene.balancer.drain({ server: 'INF_PACS3', by: 'mkim' });
  await scene.server('INF_PACS2').die();
  // Lines and rates need some seconds to be more than a dot.
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  for (const { name, page } of opened) {
    await page.screenshot({ path: `${folder}${name}.png` });
    console.log(`${name}.png`);
  }
} finally {
  await visitor.close();
  await scene.close();
}
