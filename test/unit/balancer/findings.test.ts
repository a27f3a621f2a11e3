import { afterEach, beforeEach, expect, it } from 'vitest';
import { Balancer, OptionsError, type ServiceConfig } from '../../../src/index.ts';
import { VirtualNetwork } from '../../../src/testing.ts';
import { dicom, headCheck, query, vip, web } from '../config/rules/rule-cases.ts';

let network: VirtualNetwork;
let lines: string[];
let balancer: Balancer;

function build(...services: object[]): void {
  const log = (level: string, message: string): void => void lines.push(`${level}: ${message}`);
  const engine = network.engine(network.host(vip));
  const config = { engine, services: services as ServiceConfig[] };
  balancer = new Balancer(config, { runtime: { ...network.runtime, log } });
}

function apply(...services: object[]): Promise<void> {
  return network.until(balancer.apply({ services: services as ServiceConfig[] }, { graceMs: 0 }));
}

/** The rules that the log tells of since it was last asked. */
function told(): readonly string[] {
  return lines.splice(0).map((line) => /^warn: .*\(\w+ ([\w-]+)\)$/u.exec(line)?.[1] ?? line);
}

beforeEach(() => {
  network = new VirtualNetwork();
  lines = [];
});
afterEach(async () => {
  await network.until(balancer.stop({ graceMs: 0 }));
});

it('tells at the first start what is worth a word, and not again', async () => {
  build(dicom({ healthCheck: headCheck }), query());
  expect(balancer.findings.map(({ rule }) => rule)).toEqual(['dup-check-kind']);
  expect(told()).toEqual([]);
  await network.until(balancer.start());
  expect(told()).toEqual(['dup-check-kind']);
  await network.until(balancer.stop());
  await network.until(balancer.start());
  expect(told()).toEqual([]);
});

it('tells after a change what was not there before, wherever it stands now', async () => {
  build(dicom({ healthCheck: headCheck }), query());
  await network.until(balancer.start());
  told();
  await apply(query({ idleTimeoutMs: 1000 }), dicom({ healthCheck: headCheck }));
  expect(told()).toEqual(['timeout-dicom']);
  expect(balancer.findings.map(({ rule, path }) => [rule, path])).toEqual([
    ['dup-check-kind', 'services[1].healthCheck.probe'],
    ['timeout-dicom', 'services[0].idleTimeoutMs'],
  ]);
  await apply(dicom(), query());
  expect(balancer.findings).toEqual([]);
  await apply(dicom({ healthCheck: headCheck }), query());
  expect(told()).toEqual(['dup-check-kind']);
});

it('tells what a duplicate carries along', async () => {
  build(web({ persistence: { kind: 'sourceIp' } }));
  await network.until(balancer.start());
  await network.until(balancer.duplicate('WEB', { name: 'DICOM', mode: 'tcp', port: 104 }));
  expect(told()).toEqual(['dup-check-kind']);
  expect(balancer.findings[0]?.services).toEqual(['DICOM']);
});

it('tells both mistakes of a duplicate that is refused, and keeps the findings there are', async () => {
  build(web(), dicom({ idleTimeoutMs: 1000 }));
  await network.until(balancer.start());
  told();
  const before = balancer.findings;
  const changes = { name: 'ARCHIVE', mode: 'tcp', port: 11_112 } as const;
  const error: unknown = await network
    .until(balancer.duplicate('WEB', changes))
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OptionsError);
  const { problems, findings } = error as OptionsError;
  expect(problems.map(({ rule }) => rule)).toContain('persist-mode');
  expect(findings.map(({ rule, services }) => [rule, services[0]])).toContainEqual([
    'dup-check-kind',
    'ARCHIVE',
  ]);
  expect(balancer.findings).toBe(before);
  expect(told()).toEqual([]);
});
