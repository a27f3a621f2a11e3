import { admitsPersistentClients } from '../model/availability.ts';
import type { Client } from '../model/client.ts';
import type { PathContext } from '../path/path-context.ts';
import type { PersistenceStrategy } from '../persistence/persistence.ts';
import type { Course } from '../records/course.ts';

/**
 * HAProxy's third and fourth letter of a termination state: whether the client's persistence cookie was of use, and what
 * became of it. Hot path.
 *
 * @param isSet whether the response set a cookie
 */
export function cookieLettersOf(
  context: PathContext,
  client: Client,
  { chosen: server, pick }: Course,
  isSet: boolean,
): string {
  const strategy = cookieStrategy(context);
  if (strategy?.cookieName === undefined) return '--';
  if (pick === strategy.reason) return isSet ? 'VU' : 'VN';
  if (client.cookie(strategy.cookieName) === undefined) return isSet ? 'NI' : 'NN';
  const name = strategy.lookup(client, context.selector.now());
  if (name === undefined) return isSet ? 'II' : 'IN';
  if (name === server?.name) return isSet ? 'VU' : 'VN';
  const named = context.pool.get(name);
  const isUsable = named !== undefined && admitsPersistentClients(named);
  return (isUsable ? 'U' : 'D') + (isSet ? 'I' : 'N');
}

function cookieStrategy({ persistence }: PathContext): PersistenceStrategy | undefined {
  for (const strategy of persistence.strategies) if (strategy.cookieName !== undefined) return strategy;
  return undefined;
}
