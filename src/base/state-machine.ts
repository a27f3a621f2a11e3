import { SluiceError } from './errors.ts';

/** For each state, the states that may follow it. */
export type Transitions<S extends string> = Readonly<Record<S, readonly S[]>>;

/**
 * Checks one transition against its table.
 *
 * @throws SluiceError `SLUICE_ERR_INTERNAL` naming both states where the table does not allow it.
 */
export function assertTransition<S extends string>(
  what: string,
  table: Transitions<S>,
  from: S,
  to: S,
): void {
  if (table[from].includes(to)) return;
  throw new SluiceError(
    'SLUICE_ERR_INTERNAL',
    `${what} cannot go from '${from}' to '${to}'; allowed: ${table[from].join(', ') || 'nothing'}`,
  );
}
