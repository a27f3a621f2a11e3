import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionsHeld } from '../machine.ts';
import type { Order, RunningSubject, Subject } from '../subject.ts';
import { startProgram } from './program.ts';

const root = new URL('../../../', import.meta.url);
const bundle = new URL('dist/index.js', root);

/** What the Sluice subjects run: the built bundle where there is one, else the sources through tsx. */
export function sluiceBuild(): { readonly kind: 'dist' | 'src'; readonly about: string } {
  if (!existsSync(bundle)) return { kind: 'src', about: 'sources through tsx: `npm run build` was not run' };
  const isStale = statSync(bundle).mtimeMs < newestSourceMs();
  return { kind: 'dist', about: isStale ? 'the built bundle, OLDER than the sources' : 'the built bundle' };
}

function newestSourceMs(): number {
  const folder = new URL('src/', root);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return Math.max(...names.map((name) => statSync(new URL(name, folder)).mtimeMs));
}

/** Sluice on one thread, with one of its engines. */
export function sluice(engine: 'linux' | 'portable'): Subject {
  return {
    name: `sluice-${engine}`,
    about: `one thread, engine '${engine}', otherwise defaults`,
    isNodeProgram: true,
    // What `node:net` accepts cannot be left in the backlog: that engine keeps a third for clients that wait.
    maxSessions: sessionsHeld(engine === 'portable' ? 3 : 2),
    missing: () => undefined,
    start: (order) => startProgram('sluice.ts', ['--engine', engine, '--build', sluiceBuild().kind], order),
  };
}

/** Between two looks at a log, which grows by 10 MB in a second. */
const truncateMs = 1_000;

/** The same with logs, metrics and access records on. */
export const observedSluice: Subject = {
  name: 'sluice-linux-observed',
  about: 'the same with access records in a file, metrics that are scraped each 5 s, and a logger of events',
  isNodeProgram: true,
  maxSessions: sessionsHeld(2),
  missing: () => undefined,
  start: startObserved,
};

/** Its log is in a folder of its own, is emptied while it grows, and goes with it. */
async function startObserved(order: Order): Promise<RunningSubject> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const log = join(folder, 'access.log');
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', clean);
  const args = ['--engine', 'linux', '--build', sluiceBuild().kind, '--log', log];
  const running = await startProgram('sluice-observed.ts', args, order);
  const truncating = setInterval(() => existsSync(log) && truncateSync(log), truncateMs).unref();
  return {
    ...running,
    stop: async () => {
      clearInterval(truncating);
      await running.stop();
      process.off('exit', clean);
      clean();
    },
  };
}
