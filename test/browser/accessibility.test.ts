import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { PageScene } from '../support/page-scene.ts';
import { accessibilityFaults, buildPage, describeBrowser, PageVisitor } from '../support/page-visitor.ts';

let visitor: PageVisitor;
let scene: PageScene;
let page: Page;

/** Each view, with what shows that it is drawn. */
const views: readonly (readonly [string, string, (page: Page) => Promise<unknown>])[] = [
  ['overview', '#/overview', (at) => at.getByText('is down: refuses').waitFor()],
  ['server', '#/server/INF_PACS3', (at) => at.getByRole('progressbar').waitFor()],
  ['order', '#/server/INF_PACS1?order=drain', (at) => at.getByText('As a command:').waitFor()],
  ['service', '#/service/DICOM?client=127.0.84.7', (at) => at.getByText('remembers it').waitFor()],
  [
    'logs',
    '#/logs',
    (at) => at.getByRole('cell', { name: 'health check' }).or(at.locator('.log')).first().waitFor(),
  ],
  ['configuration', '#/configuration', (at) => at.getByText('the text says what runs').waitFor()],
  ['password', '#/password', (at) => at.getByLabel('Present password').waitFor()],
];

describeBrowser('every view', () => {
  beforeAll(async () => {
    buildPage();
    visitor = await PageVisitor.launch();
    scene = await PageScene.open();
    for (const host of [1, 2, 3, 4, 5, 6, 7, 8]) await scene.client('DICOM', host);
    page = await visitor.enter(scene.address);
    void scene.balancer.drain({ server: 'INF_PACS3', by: 'slee' });
    await scene.server('INF_PACS2').die();
    await page.getByText('is down: refuses').waitFor();
  });

  afterAll(async () => {
    await visitor.close();
    await scene.close();
  });

  it.each(
    views.flatMap(([name, path, isDrawn]) =>
      (['light', 'dark'] as const).map((colorScheme) => ({ name, path, isDrawn, colorScheme })),
    ),
  )(
    '$name, $colorScheme: axe-core finds nothing, and it fits every width',
    async ({ path, isDrawn, colorScheme }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(`${scene.address}${path}`);
      await isDrawn(page);
      expect(await accessibilityFaults(page)).toEqual([]);
      for (const width of [390, 1280, 2560]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await page.evaluate('document.documentElement.scrollWidth'), `${width} pixels`).toBe(width);
      }
      await page.setViewportSize({ width: 390, height: 800 });
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.setViewportSize({ width: 1280, height: 800 });
    },
  );

  it.each(['light', 'dark'] as const)(
    'the log-in and a dialog, %s: axe-core finds nothing',
    async (colorScheme) => {
      const other = await visitor.open(scene.address, { colorScheme });
      await other.getByLabel('Password').waitFor();
      expect(await accessibilityFaults(other)).toEqual([]);
      await page.emulateMedia({ colorScheme });
      await page.goto(`${scene.address}#/service/INFINITT_Web`);
      await page.getByRole('button', { name: 'Duplicate…' }).click();
      await page.getByText('before it exists').or(page.getByText('No findings')).first().waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
  );

  it('the overview of five services by four servers fits a small desk screen without scrolling', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`${scene.address}#/overview`);
    await page.getByText('is down: refuses').waitFor();
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBe(800);
  });
});
