import type { Balancer } from '../balancer/balancer.ts';
import { describeChanges } from '../config/describe-changes.ts';
import { readConfig } from '../config/read-config.ts';
import type { PlainConfig } from '../config/plain-config.ts';
import type { ControlError } from '../control/control-answer.ts';
import { refusedBy, type AuditEntry, type AuditLog } from './audit-log.ts';

/** Longer texts are no names. */
const maxTextLength = 100;

/** Who gives an order, and which. */
export type AuditedOrder = Pick<AuditEntry, 'order' | 'user' | 'via' | 'from'>;

/**
 * Tells the audit log of an order, and what of the configuration differs after it.
 *
 * @param takesTime whether its begin is told as well
 * @param work gives the order; it tells the input once it is read. @returns why it was refused, if it was
 */
export async function auditOrder(
  log: AuditLog,
  balancer: Balancer,
  order: AuditedOrder,
  takesTime: boolean,
  work: (onInput: (input: unknown) => void) => Promise<ControlError | undefined>,
): Promise<void> {
  const before = balancer.config;
  let about: Pick<AuditEntry, 'input'> = {};
  const refused = await work((input) => {
    about = { input: tellable(input) };
    if (takesTime) void log.tell({ ...order, outcome: 'begun', ...about });
  });
  const outcome = refused === undefined ? { outcome: 'done' as const } : refusedBy(refused);
  const changes = changesSince(before, balancer.config);
  await log.tell({ ...order, ...outcome, ...about, ...(changes.length === 0 ? {} : { changes }) });
}

/** Names, addresses and numbers. Whole configurations, and passwords, are none. */
function tellable(input: unknown): Readonly<Record<string, unknown>> {
  const entries = Object.entries(Object(input) as object).filter(([key, value]) => {
    if (/password/iu.test(key)) return false;
    return typeof value === 'string'
      ? value.length <= maxTextLength
      : ['number', 'boolean'].includes(typeof value);
  });
  return Object.fromEntries(entries);
}

function changesSince(before: PlainConfig, now: PlainConfig): readonly string[] {
  return describeChanges(readConfig(before), readConfig(now)).map(({ text }) => text);
}
