import { serviceEventNames, type Balancer } from 'sluice';
import { hasColours, type OutputStream } from '../../src/command/command-io.ts';
import { overviewDrawer } from '../../src/command/overview/draw-overview.ts';

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
 * Keeps the System Overview on the screen, or prints it whenever it has changed where there is no terminal.
 *
 * @returns a function that ends it
 */
export function showOverview(
  balancer: Pick<Balancer, 'overview'>,
  output: OutputStream = process.stdout,
  isColoured = hasColours(output, process.env),
): () => void {
  const draw = overviewDrawer(output, isColoured);
  const show = (): void => draw(balancer.overview());
  show();
  const timer = setInterval(show, 1000);
  return () => clearInterval(timer);
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
