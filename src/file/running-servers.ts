import { OptionReader } from '../base/options.ts';
import { isSamePlain, toPlain } from '../base/plain-data.ts';
import type { PlainServer } from '../config/plain-config.ts';
import type { ServerOptions } from '../model/server.ts';
import { readServer } from '../pool/pool-options.ts';

/** A server as a file states it: what is usual is left out. */
export function statedServer(server: PlainServer): object {
  const { name, host } = server;
  const usual = plain(readServer(new OptionReader('', { name, host })));
  return { name, host, ...changed(usual, server) };
}

/**
 * The servers of a service as they run, in the words of a file: each keeps what the file states, variables included, and
 * orders that the file does not have are put in.
 *
 * @param stated as the file states them
 * @param inFile the same, as they were read
 * @param running orders included
 */
export function serversAsTheyRun(
  stated: readonly object[],
  inFile: readonly ServerOptions[],
  running: readonly PlainServer[],
): readonly object[] {
  return running.map((server) => {
    const index = inFile.findIndex(({ name, host, port }) =>
      isSamePlain({ name, host, port }, { name: server.name, host: server.host, port: server.port }),
    );
    const read = inFile[index];
    return read === undefined ? statedServer(server) : { ...stated[index], ...changed(plain(read), server) };
  });
}

/** Options that have another value. */
function changed(from: Readonly<Record<string, unknown>>, to: object): object {
  return Object.fromEntries(Object.entries(to).filter(([key, value]) => !isSamePlain(from[key], value)));
}

function plain(server: ServerOptions): Readonly<Record<string, unknown>> {
  return toPlain(server) as Readonly<Record<string, unknown>>;
}
