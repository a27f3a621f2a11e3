import type { Finding } from '../base/finding.ts';
import { lintConfig } from '../config/lint.ts';
import type { CommandContext } from './context.ts';

/** Says what may not be meant as it is. */
export function tellFindings(context: CommandContext, findings: readonly Finding[]): void {
  for (const { severity, message, rule } of findings) context.tell(`${severity}: ${message} [${rule}]`);
}

/** What may not be meant in the configuration of the running balancer. */
export async function presentFindings(context: CommandContext): Promise<readonly Finding[]> {
  return lintConfig(await context.client.get('/v1/configuration'));
}
