import { serviceEventNames, type Balancer } from 'sluice';
import { overviewScreen } from './overview-screen.ts';
import { overviewTable } from './overview-table.ts';

/** Prints every event as one line of JSON. */
export function printEvents(balancer: Balancer): void {
  for (const name of serviceEventNames) {
    balancer.on(name, (fact) => {
      process.stdout.write(`${JSON.stringify({ event: name, ...fact })}\n`);
    });
  }
}

/** Prints the addresses of all services, and what to try. */
export function printServices(balancer: Balancer): void {
  const { engine, services } = balancer.overview();
  const lines = services.flatMap(({ name, listeners }) =>
    listeners.map(({ protocol, host, port }) => `  ${name.padEnd(15)} ${protocol.padEnd(5)} ${host}:${port}`),
  );
  console.log(`Sluice, engine ${engine} (${balancer.engine.reason})\n\n${lines.join('\n')}\n`);
  console.log(
    `Try:\n${hints(services.map(({ listeners }) => listeners[0] ?? { host: '', port: 0 })).join('\n')}\n`,
  );
}

/**
 * Keeps the System Overview on the screen: drawn in place on a terminal, as far as it fits into the window, else printed
 * whenever something other than a counter has changed.
 *
 * @returns a function that ends it
 */
export function showOverview(
  balancer: Pick<Balancer, 'overview'>,
  output: OutputStream = process.stdout,
): () => void {
  const draw = output.isTTY ? drawer(balancer, output) : printer(balancer, output);
  draw();
  const timer = setInterval(draw, 1000);
  return () => clearInterval(timer);
}

/** Standard output, or what stands for it. */
export type OutputStream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows' | 'write'>;

/** Where the system does not tell, as on a serial line. */
const usualSize = { columns: 80, rows: 24 };

function drawer(balancer: Pick<Balancer, 'overview'>, output: OutputStream): () => void {
  let last: { readonly lines: number; readonly columns: number } | undefined = undefined;
  return () => {
    const columns = output.columns || usualSize.columns;
    const rows = output.rows || usualSize.rows;
    const lines = overviewScreen(balancer.overview(), { columns, rows });
    // In a window of another size, what was drawn is wrapped anew, and nobody knows where it begins.
    const isResized = last !== undefined && last.columns !== columns;
    const back = last === undefined ? '' : isResized || last.lines >= rows ? clear : up(last.lines);
    output.write(`${back}${lines.map((line) => `${line}${clearLine}\n`).join('')}${clearRest}`);
    last = { lines: lines.length, columns };
  };
}

const clear = '\u001b[2J\u001b[H';
/** To the right of what was written, and below it: a screen that is cleared whole is history to some terminals. */
const clearLine = '\u001b[K';
const clearRest = '\u001b[0J';

function up(lines: number): string {
  return `\u001b[${lines}A`;
}

function printer(balancer: Pick<Balancer, 'overview'>, output: OutputStream): () => void {
  let lastStates = '';
  return () => {
    const overview = balancer.overview();
    const states = JSON.stringify(overview.services, (key, value: unknown) =>
      isCounter(key) ? undefined : value,
    );
    if (states === lastStates) return;
    lastStates = states;
    const title = `System Overview ${new Date(overview.atMs).toLocaleTimeString()}`;
    output.write(`${title}\n${overviewTable(overview)}\n`);
  };
}

function isCounter(key: string): boolean {
  return /total$|^bytes|^sessions$|^lastProbe$/i.test(key);
}

function hints(services: readonly { readonly host: string; readonly port: number }[]): string[] {
  const [web, dicom, query, mwl, check] = services;
  return [
    `  curl -c jar -b jar http://${web?.host}:${web?.port}/whoami`,
    `  echoscu -aec PACS ${dicom?.host} ${dicom?.port}`,
    `  findscu -S -aec PACS -k 0008,0052=STUDY -k 0010,0020 -k 0020,000D ${query?.host} ${query?.port}`,
    `  findscu -W -aec PACS -k 0010,0010 -k '(0040,0100)[0].Modality' ${mwl?.host} ${mwl?.port}`,
    check?.port === 137
      ? `  nmblookup -A ${check.host}`
      : `  nmblookup -A ADDRESS    (always asks port 137; this service is on ${check?.port})`,
  ];
}
