import { serviceEventNames, type Balancer } from 'sluice';
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
 * Keeps the System Overview on the screen: drawn in place on a terminal, else printed whenever something
 * other than a counter has changed.
 *
 * @returns a function that ends it
 */
export function showOverview(balancer: Balancer): () => void {
  let lastStates = '';
  let lastLines = 0;
  const draw = (): void => {
    const overview = balancer.overview();
    const states = JSON.stringify(overview.services, (key, value: unknown) =>
      isCounter(key) ? undefined : value,
    );
    if (!process.stdout.isTTY && states === lastStates) return;
    lastStates = states;
    const text = `System Overview ${new Date(overview.atMs).toLocaleTimeString()}\n${overviewTable(overview)}\n`;
    const back = process.stdout.isTTY && lastLines > 0 ? `\u001b[${lastLines}A\u001b[0J` : '';
    process.stdout.write(back + text);
    lastLines = text.split('\n').length - 1;
  };
  draw();
  const timer = setInterval(draw, 1000);
  return () => clearInterval(timer);
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
