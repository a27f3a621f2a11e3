import { createInterface } from 'node:readline/promises';
import { OptionsError, SluiceError } from '../base/errors.ts';
import { readConfig } from '../config/read-config.ts';
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

/** Asks until the answer is right. @param check throws an OptionsError where it is not */
type Ask = (question: string, check: (answer: string) => unknown) => Promise<string>;

/** Stands in for what was not answered yet, so that each answer can be checked as it is typed. */
const someServer = { name: 'SERVER', host: '192.0.2.1' };

/**
 * Asks for what an INFINITT deployment needs. An answer that is wrong is told at once, and asked for again.
 *
 * @param input and `output`: a terminal
 * @throws SluiceError `SLUICE_ERR_STATE` where Ctrl-C or Ctrl-D ends it
 */
export async function askInfinitt(
  given: Given,
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<InfinittPresetOptions> {
  const terminal = createInterface({ input, output });
  const ended = new AbortController();
  terminal.once('close', () => ended.abort());
  const ask: Ask = async (question, check) => {
    for (;;) {
      const answer = (await terminal.question(question, { signal: ended.signal })).trim();
      const problem = problemWith(() => check(answer));
      if (problem === undefined) return answer;
      output.write(`  ${problem}\n`);
    }
  };
  try {
    const vip = given.vip ?? (await askVip(ask));
    return { vip, servers: given.servers.length > 0 ? given.servers : await askServers(ask, vip) };
  } catch (error) {
    if (!ended.signal.aborted) throw error;
    throw new SluiceError('SLUICE_ERR_STATE', 'Nothing is written: there are questions left');
  } finally {
    terminal.close();
  }
}

function askVip(ask: Ask): Promise<string> {
  return ask('Virtual IP address of the services: ', (vip) => infinittPreset({ vip, servers: [someServer] }));
}

async function askServers(ask: Ask, vip: string): Promise<readonly InfinittServer[]> {
  const servers: InfinittServer[] = [];
  for (;;) {
    const isEnd = (name: string): boolean => name === '' && servers.length > 0;
    const withServer = (server: InfinittServer): InfinittPresetOptions => ({
      vip,
      servers: [...servers, server],
    });
    const hint = servers.length === 0 ? '' : ' (empty to end)';
    const name = await ask(
      `Name of real server ${servers.length + 1}${hint}: `,
      (answer) => isEnd(answer) || infinittPreset(withServer({ ...someServer, name: answer })),
    );
    if (isEnd(name)) return servers;
    const host = await ask(`Address of ${name}: `, (answer) =>
      readConfig(infinittPreset(withServer({ name, host: answer }))),
    );
    servers.push({ name, host });
  }
}

/** What is wrong with an answer. One problem is enough for a person who answers one question. */
function problemWith(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    const [problem] = error instanceof OptionsError ? error.problems : [];
    if (problem === undefined) throw error;
    return `expected ${problem.expected}, got ${problem.actual}`;
  }
}
