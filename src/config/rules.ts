import type { OptionProblem } from '../base/errors.ts';
import type { Finding } from '../base/finding.ts';
import { freezePlain } from '../base/plain-data.ts';
import { PathSet } from './path-set.ts';
import type { Fault, SmellRule, PlacedService, Rule, RuleSubject, Smell, StrictRule } from './rule.ts';
import { allDownOpen } from './rules/all-down-open.ts';
import { balanceMode } from './rules/balance-mode.ts';
import { checkNone } from './rules/check-none.ts';
import { checkUdpConnect } from './rules/check-udp-connect.ts';
import { drainForever } from './rules/drain-forever.ts';
import { dupAddress } from './rules/dup-address.ts';
import { dupAffinitySplit } from './rules/dup-affinity-split.ts';
import { dupBind } from './rules/dup-bind.ts';
import { dupCheckKind } from './rules/dup-check-kind.ts';
import { dupCheckPort } from './rules/dup-check-port.ts';
import { dupCookie } from './rules/dup-cookie.ts';
import { dupLabel } from './rules/dup-label.ts';
import { dupMode } from './rules/dup-mode.ts';
import { dupServerPort } from './rules/dup-server-port.ts';
import { fallbackStick } from './rules/fallback-stick.ts';
import { flap1 } from './rules/flap-1.ts';
import { natKey } from './rules/nat-key.ts';
import { persistMode } from './rules/persist-mode.ts';
import { plainForWorkers } from './rules/plain-for-workers.ts';
import { reservedPort } from './rules/reserved-port.ts';
import { selfForwarding } from './rules/self-forwarding.ts';
import { sharedTables } from './rules/shared-tables.ts';
import { timeoutDicom } from './rules/timeout-dicom.ts';
import { ttlVsIdle } from './rules/ttl-vs-idle.ts';
import { uniqueNames } from './rules/unique-names.ts';

const strictRules: readonly StrictRule[] = [
  persistMode,
  balanceMode,
  selfForwarding,
  dupAddress,
  sharedTables,
  uniqueNames,
  dupBind,
  plainForWorkers,
];

const warnings: readonly SmellRule[] = [
  dupServerPort,
  dupCheckPort,
  dupMode,
  dupCheckKind,
  dupCookie,
  checkNone,
  checkUdpConnect,
  flap1,
  timeoutDicom,
  ttlVsIdle,
  natKey,
  fallbackStick,
  allDownOpen,
  reservedPort,
];

const advice: readonly SmellRule[] = [dupAffinitySplit, dupLabel, drainForever];

/** Every rule, the gravest first, in the order in which what they find is told. */
export const rules: readonly Rule[] = [...strictRules, ...warnings, ...advice];

/** Adds what strict rules find. */
export function checkRules(subject: RuleSubject, problems: OptionProblem[]): void {
  for (const [{ id }, { path, expected, actual }] of faultsIn(subject, problems))
    problems.push({ path, expected, actual, rule: id });
}

/** What strict rules find, as findings. */
export function brokenRules(subject: RuleSubject, problems: readonly OptionProblem[]): readonly Finding[] {
  return faultsIn(subject, problems).map(([rule, fault]) => {
    const [where = fault.path] = fault.services ?? [];
    return findingOf(rule, fault, `${where}: expected ${fault.expected}, got ${fault.actual}`);
  });
}

/** What is allowed and worth a word. Nothing is said of a service with a value that is wrong by itself. */
export function smellsIn(subject: RuleSubject, problems: readonly OptionProblem[]): readonly Finding[] {
  const wrong = valuePaths(problems);
  const isRight = ({ at }: PlacedService): boolean => !wrong.hasBelow(at(''));
  const right = { ...subject, services: subject.services.filter(isRight) };
  const findings: Finding[] = [];
  for (const rule of [...warnings, ...advice]) {
    rule.check(right, (smell) => findings.push(findingOf(rule, smell, smell.message)));
  }
  return findings;
}

/** A value that is wrong by itself breaks no rule: it is a problem already. */
function faultsIn(
  subject: RuleSubject,
  problems: readonly OptionProblem[],
): readonly (readonly [StrictRule, Fault])[] {
  const wrong = valuePaths(problems);
  const faults: (readonly [StrictRule, Fault])[] = [];
  for (const rule of strictRules) {
    rule.check(subject, (fault) => {
      if (!wrong.hasBelow(fault.path)) faults.push([rule, fault]);
    });
  }
  return faults;
}

/** Where values are that are wrong by themselves. */
function valuePaths(problems: readonly OptionProblem[]): PathSet {
  return new PathSet(problems.filter(({ rule }) => rule === undefined).map(({ path }) => path));
}

function findingOf({ id, severity, why }: Rule, found: Fault | Smell, message: string): Finding {
  const { path, services = [], servers = [], mend = [] } = found;
  return freezePlain({ rule: id, severity, services, servers, path, message, why, mend });
}
