import { existsSync, readdirSync, statSync } from 'node:fs';
import { sessionsHeld } from '../machine.ts';
import type { Subject } from '../subject.ts';
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
