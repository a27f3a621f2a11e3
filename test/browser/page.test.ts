import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import type { ProbeResult } from '../../src/index.ts';
import { PageScene } from '../support/page-scene.ts';
import { buildPage, describeBrowser, logIn, PageVisitor } from '../support/page-visitor.ts';

let visitor: PageVisitor;
let scene: PageScene;

function cell(page: Page, service: string, server: string): Locator {
  return page.locator('td', { has: page.locator(`[data-place="cell ${service} ${server}"]`) });
}

describeBrowser('the page', () => {
  beforeAll(async () => {
    buildPage();
    visitor = await PageVisitor.launch();
  });

  afterAll(async () => {
    await visitor.close();
  });

  beforeEach(async () => {
    scene = await PageScene.open({ services: ['INFINITT_Web', 'DICOM', 'QUERY'], servers: 3 });
  });

  afterEach(async () => {
    await scene.close();
    expect(visitor.complaints).toEqual([]);
  });

  it('lets in who knows the password, and tells others nothing', async () => {
    const page = await visitor.open(scene.address);
    await logIn(page, 'mkim', 'wrong');
    await page.getByText('This user and password do not fit together.').waitFor();
    await logIn(page, 'mkim', 'mkim');
    await page.getByRole('heading', { name: 'Up' }).waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in to Sluice' }).waitFor();
  });

  it('asks for another password where the first one was made by a program', async () => {
    const page = await visitor.open(scene.address);
    await logIn(page, 'fresh', 'fresh');
    await page.getByLabel('Present password').fill('fresh');
    await page.getByLabel('New password', { exact: true }).fill('short');
    await page.getByLabel('New password once more').fill('short');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('7 more characters needed.').waitFor();
    await page.getByLabel('New password', { exact: true }).fill('a sentence to keep');
    await page.getByLabel('New password once more').fill('a sentence to keep');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByRole('heading', { name: 'Up' }).waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await logIn(page, 'fresh', 'a sentence to keep');
    await page.getByRole('heading', { name: 'Up' }).waitFor();
  });

  it('shows that a server died, and that it lives again', async () => {
    const page = await visitor.enter(scene.address);
    const down = cell(page, 'DICOM', 'INF_PACS2').and(page.locator('.is-down'));
    await scene.server('INF_PACS2').die();
    await down.waitFor();
    await page.getByRole('heading', { name: 'Degraded' }).waitFor();
    await page.getByText('is down: refuses connections on all 3 services').waitFor();
    expect(await page.title()).toBe('Degraded: Sluice');
    await scene.server('INF_PACS2').listen();
    await page.getByRole('heading', { name: 'Up' }).waitFor();
  });

  it('tells what a drain will do, shows how far it is, and takes it back with z', async () => {
    const page = await visitor.enter(scene.address);
    for (const host of [1, 2, 3, 4, 5, 6]) await scene.client('DICOM', host);
    await cell(page, 'DICOM', 'INF_PACS1').getByRole('link').click();
    await page.getByText('takes known clients only').click();
    await page.getByText('If you order drain for INF_PACS1 now').waitFor();
    await page.getByText('clients stay until their 2 sessions end.').waitFor();
    await page.getByText('sluice drain INF_PACS1 --then halt').waitFor();
    expect(scene.balancer.overview().services[1]?.listeners[0]?.servers[0]?.adminState).toBe('online');
    await page.getByRole('button', { name: 'Drain INF_PACS1', exact: true }).click();
    await page.getByRole('heading', { name: 'Draining: 2 of 2 sessions left' }).waitFor();
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('0');
    await page.getByText('INF_PACS1: drain ordered.').and(page.locator('.note span')).waitFor();
    await page.locator('.panel').press('z');
    await cell(page, 'DICOM', 'INF_PACS1').and(page.locator('.is-up')).waitFor();
    await page.getByText('INF_PACS1 is as it was before.').and(page.locator('.note span')).waitFor();
  });

  it('says first where an order would leave a service without a server', async () => {
    const page = await visitor.enter(scene.address);
    await scene.server('INF_PACS2').die();
    scene.balancer.halt({ server: 'INF_PACS3', by: 'test' });
    await cell(page, 'DICOM', 'INF_PACS2').and(page.locator('.is-down')).waitFor();
    await page.goto(`${scene.address}#/server/INF_PACS1?order=halt`);
    const [first] = await page.locator('.preview li').allInnerTexts();
    expect(first).toContain(
      'INFINITT_Web, DICOM, QUERY would have no server for new clients: INF_PACS2 down, INF_PACS3 halt.',
    );
    await page.getByRole('button', { name: 'Halt INF_PACS1 anyway' }).waitFor();
  });

  it('finds what is wrong in a copy before it exists, and mends it', async () => {
    const page = await visitor.enter(scene.address);
    await page.goto(`${scene.address}#/service/INFINITT_Web`);
    await page.getByRole('button', { name: 'Duplicate…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('MWL');
    await dialog.getByLabel('Mode').selectOption('tcp');
    await dialog.getByText('persist-mode').waitFor();
    expect(scene.balancer.overview().services.map(({ name }) => name)).not.toContain('MWL');
    expect(await dialog.getByRole('button', { name: 'Duplicate with' }).isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Mend it' }).first().click();
    await dialog.getByText('persist-mode').waitFor({ state: 'detached' });
    await dialog.getByLabel('Health check').selectOption('connect');
    await dialog.getByRole('button', { name: /^Duplicate/u }).click();
    await page.getByRole('heading', { name: 'MWL' }).waitFor();
    const [copy] = scene.balancer.config.services.filter(({ name }) => name === 'MWL');
    expect(copy).toMatchObject({ mode: 'tcp', healthCheck: { probe: { kind: 'connect' } } });
  });

  it('explains where a client goes, and forgets it', async () => {
    const page = await visitor.enter(scene.address);
    const client = await scene.client('DICOM', 7);
    await page.goto(`${scene.address}#/service/DICOM?client=127.0.84.7`);
    await page.getByText('The stick table remembers it.').waitFor();
    client.destroy();
    await page.getByRole('button', { name: 'Forget 127.0.84.7' }).click();
    await page.getByText('1 entry is forgotten.').and(page.locator('.note span')).waitFor();
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('Nothing is remembered of it: balancing chooses.').waitFor();
  });

  it('shows what an edited configuration would change before it is applied', async () => {
    const page = await visitor.enter(scene.address);
    await page.goto(`${scene.address}#/configuration`);
    const editor = page.getByLabel('Configuration as JSON');
    await editor.filter({ hasText: 'INFINITT_Web' }).or(page.locator('textarea')).first().waitFor();
    await expect.poll(() => editor.inputValue()).toContain('INFINITT_Web');
    const text = await editor.inputValue();
    await editor.fill(text.replace('"weight": 1', '"weight": 7'));
    await page.getByText('server INF_PACS1 of INFINITT_Web: weight 1 → 7').waitFor();
    await page.locator('.difference .is-added', { hasText: '"weight": 7' }).waitFor();
    await page.getByRole('button', { name: /^Apply 1 change/u }).click();
    await page.getByText('Applied: 1 change.').and(page.locator('.note span')).waitFor();
    expect(scene.balancer.overview().services[0]?.listeners[0]?.servers[0]?.weight).toBe(7);
  });

  it('filters the log, and follows it', async () => {
    const page = await visitor.enter(scene.address);
    await page.goto(`${scene.address}#/logs`);
    scene.balancer.halt({ server: 'INF_PACS3', service: 'QUERY', by: 'slee' });
    await page.getByRole('cell', { name: 'INF_PACS3 was ordered to halt on QUERY.' }).waitFor();
    await page.getByLabel('Client, name or text').fill('nobody has this name');
    await page.getByText('Nothing fits this filter.').waitFor();
  });

  it('claims nothing without a connection, and says on return what changed', async () => {
    const page = await visitor.enter(scene.address);
    await page.goto(`${scene.address}#/server/INF_PACS1?order=drain`);
    await page.getByRole('button', { name: 'Drain INF_PACS1', exact: true }).waitFor();
    scene.page.loseConnections();
    await page.getByText('Connection lost at').waitFor();
    await page.getByRole('heading', { name: 'Unknown' }).waitFor();
    await page.getByText('last known: up').waitFor();
    expect(await page.getByRole('button', { name: 'Drain INF_PACS1', exact: true }).isDisabled()).toBe(true);
    scene.balancer.halt({ server: 'INF_PACS3', service: 'QUERY', by: 'slee' });
    scene.page.restore();
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.getByText('INF_PACS3 is halt on QUERY, was up').and(page.locator('.note span')).waitFor();
    await page.getByRole('heading', { name: 'Up' }).waitFor();
  });

  it('is walked with arrow keys; Enter opens, and Esc closes and gives the focus back', async () => {
    const page = await visitor.enter(scene.address);
    const at = (): Promise<string | null> => page.locator(':focus').getAttribute('data-place');
    await page.locator('[data-place="cell INFINITT_Web INF_PACS1"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await at()).toBe('cell DICOM INF_PACS2');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'INF_PACS2' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.panel').waitFor({ state: 'detached' });
    await expect.poll(at).toBe('cell DICOM INF_PACS2');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  });

  it('shows what comes from outside as text', async () => {
    const page = await visitor.enter(scene.address);
    const reason = '<img src="x" onerror="document.title=1">';
    const check = (): Promise<ProbeResult> => Promise.resolve({ ok: false, code: 'markup', reason });
    const healthCheck = { intervalMs: 100, downIntervalMs: 100, probe: { kind: 'markup', check } };
    await scene.balancer.duplicate('QUERY', { name: 'MARKUP', port: 0, healthCheck });
    await page.locator('.changes').getByText(`is down on MARKUP: ${reason}.`).first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
  });

  it('gives a viewer no orders', async () => {
    const page = await visitor.enter(scene.address, 'guest');
    await page.goto(`${scene.address}#/server/INF_PACS1?order=drain`);
    expect(await page.getByRole('button', { name: 'Drain INF_PACS1', exact: true }).isDisabled()).toBe(true);
    await page.getByText('Orders are for operators; you are viewer.').waitFor();
    await page.goto(`${scene.address}#/configuration`);
    await page.getByText('The configuration is for administrators').waitFor();
  });
});
