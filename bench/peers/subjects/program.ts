import { parseArgs } from 'node:util';
import type { ProgramReady } from '../launch/program.ts';
import type { Address, Order } from '../subject.ts';

const options = {
  order: { type: 'string' },
  engine: { type: 'string' },
  build: { type: 'string' },
  package: { type: 'string' },
  log: { type: 'string' },
} as const;

/** What a program of this folder was told: `--order <JSON>`, and what only some of them read. */
export interface ProgramArguments {
  readonly order: Order;
  /** Sluice: which engine, and what to run. */
  readonly engine?: string;
  readonly build?: string;
  /** Which of several packages that share one interface. */
  readonly package?: string;
  /** Sluice: the file for access records. */
  readonly log?: string;
}

/** Reads the command line, starts the proxy, tells where it listens, and ends when the bench does. */
export async function runProgram(start: (args: ProgramArguments) => Promise<Address>): Promise<void> {
  const { values } = parseArgs({ options });
  const { order: text, ...own } = values;
  if (text === undefined) throw new Error('--order is missing: this program is started by the bench');
  const address = await start({ order: JSON.parse(text) as Order, ...own });
  const ready: ProgramReady = { address };
  process.on('disconnect', () => process.exit(0));
  process.send?.(ready);
}
