import { describe } from '../base/options.ts';
import type { OptionProblem } from '../base/errors.ts';
import { linuxProblem } from '../engine/linux/self-test.ts';
import type { EngineSource } from '../run/engine-lease.ts';
import { isPersistence } from '../persistence/chain.ts';
import { isShareable } from '../persistence/shared-persistence.ts';
import type { ServiceConfig } from './balancer-config.ts';

/** Why this machine can have no workers; undefined where it can. */
export function workersProblem(): string | undefined {
  if (process.env['SLUICE_ENGINE'] === 'portable') return 'SLUICE_ENGINE asks for the portable engine';
  const problem = linuxProblem();
  return problem === undefined ? undefined : `no Linux engine here: ${problem}`;
}

/** Refuses what cannot go to other threads: live engines, policies and strategies. */
export function refuseForWorkers(
  engine: EngineSource,
  services: readonly (ServiceConfig | undefined)[],
  problems: OptionProblem[],
): void {
  if (engine !== 'auto' && engine !== 'linux') {
    const expected = "'auto' or 'linux', or no `workers`: they have an engine each";
    problems.push({ path: 'engine', expected, actual: describe(engine) });
  }
  for (const [index, service] of services.entries()) {
    if (service === undefined) continue;
    const path = `services[${index}]`;
    refuseLiveBalance(service.balance, `${path}.balance`, problems);
    refuseLivePersistence(service.persistence, `${path}.persistence`, problems);
  }
}

function refuseLiveBalance(balance: unknown, path: string, problems: OptionProblem[]): void {
  if (typeof (balance as { readonly build?: unknown } | undefined)?.build !== 'function') return;
  const expected = "a spec such as { kind: 'leastConnections' }: a live policy cannot go to `workers`";
  problems.push({ path, expected, actual: 'a live policy' });
}

function refuseLivePersistence(persistence: unknown, path: string, problems: OptionProblem[]): void {
  if (isPersistence(persistence)) {
    if (isShareable(persistence)) return;
    const expected = "a spec such as { kind: 'sourceIp' }: a live persistence cannot go to `workers`";
    problems.push({ path, expected, actual: `a live persistence, ${persistence.name}` });
    return;
  }
  const links = (persistence as { readonly of?: unknown } | undefined)?.of;
  if (!Array.isArray(links)) return;
  for (const [index, link] of links.entries()) refuseLivePersistence(link, `${path}.of[${index}]`, problems);
}
