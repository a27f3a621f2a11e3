/**
 * Restores a snapshot file and writes it again and again, until it is killed.
 *
 * Arguments: the path, and at which step of its work with files it kills itself; 0 for never. It prints the number of
 * each snapshot that is written.
 */
import { writeSync } from 'node:fs';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import type { Snapshot, SnapshotPart } from '../../../src/index.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';
import { numberedParts, numberOf } from '../numbered-snapshot.ts';

const [path = '', lastStep = '0'] = process.argv.slice(2);
let steps = 0;

function step(): void {
  steps += 1;
  if (steps === Number(lastStep)) process.kill(process.pid, 'SIGKILL');
}

/** Counts a step before each call of a method, and one after it. */
function count<Name extends string>(owner: Record<Name, unknown>, name: Name): void {
  const original = owner[name] as (...args: unknown[]) => Promise<unknown>;
  owner[name] = async function counted(this: unknown, ...args: unknown[]): Promise<unknown> {
    step();
    const result = await original.apply(this, args);
    step();
    return result;
  };
}

const handle = await files.open(process.execPath);
const handles = Object.getPrototypeOf(handle) as Record<'writeFile' | 'sync' | 'close', unknown>;
await handle.close();
for (const name of ['writeFile', 'sync', 'close'] as const) count(handles, name);
for (const name of ['open', 'link', 'rename', 'rm'] as const) count(files, name);
syncBuiltinESMExports();

// Its own imports of those functions must be the counted ones.
const { SnapshotFile } = await import('../../../src/snapshot/snapshot-file.ts');

let last = 0;

async function* parts(generation: number): AsyncGenerator<SnapshotPart> {
  for (const part of numberedParts(last + 1, generation)) {
    step();
    yield await Promise.resolve(part);
  }
}

const file = new SnapshotFile(
  {
    runtime: systemRuntime,
    snapshotParts: parts,
    restore: (snapshot: Snapshot) => {
      last = numberOf(snapshot);
      const entries = { restored: 0, expired: 0, unknownServer: 0, outdated: 0, unknownTable: 0 };
      return Promise.resolve({
        atMs: snapshot.atMs,
        entries,
        orders: { restored: 0, unknown: 0, outdated: 0 },
      });
    },
  },
  { path },
);
await file.restore();
writeSync(1, 'restored\n');
for (;;) {
  await file.write();
  last += 1;
  writeSync(1, `${last}\n`);
}
