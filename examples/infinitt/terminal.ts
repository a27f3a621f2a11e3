/**
 * A balancer outlives whoever looks at it: a pipe whose reader has ended (EPIPE) and a terminal that is closed (SIGHUP,
 * and EIO from then on) end what it prints, and not its services. There is no file to read anew at SIGHUP.
 */
export function surviveTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.on('SIGHUP', () => console.error('SIGHUP is ignored; SIGTERM or SIGINT ends the services.'));
}
