import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { requireTools, type DescribeReal } from './real-software.ts';

/** Debian's browser; it is not downloaded. */
const executablePath = '/usr/bin/chromium';

export const describeBrowser: DescribeReal = requireTools(['chromium'], 'chromium');

export function buildPage(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/build-page.mjs', import.meta.url))]);
}

/** One finding of axe-core, in a line. */
interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** A browser with one page after the other, and what each complained of. */
export class PageVisitor {
  readonly #browser: Browser;
  readonly #complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<PageVisitor> {
    // Without a sandbox: tests run as root in containers, and load nothing from outside.
    return new PageVisitor(await chromium.launch({ executablePath, args: ['--no-sandbox'] }));
  }

  /** What pages threw, or tried against their content policy. */
  get complaints(): readonly string[] {
    return this.#complaints;
  }

  async open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      ...{ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'Asia/Seoul' },
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => this.#complaints.push(error.message));
    page.on('console', (line) => {
      if (/Content Security Policy|Refused to/u.test(line.text())) this.#complaints.push(line.text());
    });
    await page.goto(address);
    return page;
  }

  /** Opened and logged in, the overview drawn. */
  async enter(address: string, user = 'mkim', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.open(address, options);
    await logIn(page, user, user);
    await page.locator('.matrix').waitFor();
    return page;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

export async function logIn(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** What axe-core finds, as `rule: element`. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResult>('axe.run(document)');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 120)} ${failureSummary}`),
  );
}
