import { createInterface, type Interface } from 'node:readline/promises';
import { OptionsError } from '../base/errors.ts';
import {
  infinittPreset,
  type InfinittPresetOptions,
  type InfinittServer,
} from '../presets/infinitt-preset.ts';

/** What was given on the command line, and is not asked for. */
export interface Given {
  readonly vip: string | undefined;
  readonly servers: readonly InfinittServer[];
}

/** Stands in for what was not answered yet, so that each answer can be checked as it is typed. */
const someServer = { name: 'SERVER', host: '192.0.2.1' };
const someVip = '192.0.2.1';

/**
 * Asks for what an INFINITT deployment needs. An answer that is wrong is told at once, and asked for again.
 *
 * @param input and `output`: a terminal
 */
export async function askInfinitt(
  given: Given,
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<InfinittPresetOptions> {
  const terminal = createInterface({ input, output });
  try {
    const vip = given.vip ?? (await askVip(terminal, output));
    const servers = given.servers.length > 0 ? given.servers : await askServers(terminal, output, vip);
    return { vip, servers };
  } finally {
    terminal.close();
  }
}

async function askVip(terminal: Interface, output: NodeJS.WritableStream): Promise<string> {
  for (;;) {
    const vip = (await terminal.question('Virtual IP address of the services: ')).trim();
    if (isRight({ vip, servers: [someServer] }, output)) return vip;
  }
}

async function askServers(
  terminal: Interface,
  output: NodeJS.WritableStream,
  vip = someVip,
): Promise<readonly InfinittServer[]> {
  const servers: InfinittServer[] = [];
  for (;;) {
    const end = servers.length === 0 ? '' : ' (empty to end)';
    const name = (await terminal.question(`Name of real server ${servers.length + 1}${end}: `)).trim();
    if (name === '' && servers.length > 0) return servers;
    const host = (await terminal.question(`Address of ${name}: `)).trim();
    if (isRight({ vip, servers: [...servers, { name, host }] }, output)) servers.push({ name, host });
  }
}

function isRight(options: InfinittPresetOptions, output: NodeJS.WritableStream): boolean {
  try {
    infinittPreset(options);
    return true;
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    output.write(`${error.message}\n`);
    return false;
  }
}
