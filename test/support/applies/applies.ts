import { mkdirSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Plan } from './change-at-pace.ts';
import { faultsOfRow } from './judge.ts';
import { outcomeTable } from './outcome-table.ts';
import { rows, type Row } from './rows.ts';
import { runRow, type RowOutcome } from './run-row.ts';

const help = `Changes balancers again and again while clients of every kind use them, and tells what the clients noticed.

  npm run applies -- [--only NAME,…] [--applies 1000] [--seconds 60]

Rows, some 90 s each: ${rows.map(({ name }) => name).join(', ')}.
Sluice is the built package (npm run build). The clients are wrk and DCMTK, which must be installed, as must HAProxy for its rows.
Each row is kept in temp/applies; the table shows all rows that are there.

Exit code 0: no client of Sluice noticed anything; 1: one did, or memory grew; 2: wrong options, or something is missing.`;

const folder = fileURLToPath(new URL('../../../temp/applies/', import.meta.url));

function readCommandLine(): { readonly chosen: readonly Row[]; readonly plan: Plan } {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      applies: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '60' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  const [applies, seconds] = [Number(values.applies), Number(values.seconds)];
  if (!(applies >= 1 && seconds >= 1)) throw new Error('numbers are expected');
  const names = values.only?.split(',') ?? rows.map(({ name }) => name);
  const unknown = names.filter((name) => !rows.some((row) => row.name === name));
  if (unknown.length > 0) throw new Error(`no row ${unknown.join(', ')}`);
  return { chosen: rows.filter(({ name }) => names.includes(name)), plan: { applies, seconds } };
}

function fileOf(name: string): string {
  return `${folder}${name}.json`;
}

/** @returns how many faults of Sluice there were */
async function measure(row: Row, plan: Plan): Promise<number> {
  console.log(`${row.name} …`);
  const outcome = await runRow(row, plan);
  writeFileSync(fileOf(row.name), JSON.stringify(outcome, null, 2));
  const faults = faultsOfRow(row, outcome, plan.applies);
  for (const fault of faults) console.log(`  ${fault}`);
  return row.isOurs ? faults.length : 0;
}

async function main(): Promise<number> {
  const { chosen, plan } = readCommandLine();
  mkdirSync(folder, { recursive: true });
  let faults = 0;
  for (const row of chosen) faults += await measure(row, plan);
  const measured = rows.map(({ name }) => fileOf(name)).filter((file) => existsSync(file));
  console.log(
    `\n${outcomeTable(measured.map((file) => JSON.parse(readFileSync(file, 'utf8')) as RowOutcome))}`,
  );
  return faults === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(help);
  process.exit(2);
}
