import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { OptionsError } from '../../../../src/base/errors.ts';
import { connectProbe } from '../../../../src/health/probes/connect-probe.ts';
import { externalProbe, type ExternalProbeOptions } from '../../../../src/health/probes/external-probe.ts';
import { httpProbe, type HttpProbeOptions } from '../../../../src/health/probes/http-probe.ts';
import { nodeStatusProbe } from '../../../../src/health/probes/node-status-probe.ts';
import { makeProbe, readProbe } from '../../../../src/health/probes/probe-specs.ts';
import { readOption } from '../../../support/read-option.ts';
import { FakeProbe } from '../fakes.ts';

function read(value: unknown): { kind: string; problems: string[] } {
  const { value: spec, problems } = readOption(readProbe, value, 'probe');
  return {
    kind: makeProbe(spec).kind,
    problems: problems.map(({ path, expected }) => `${path}: ${expected}`),
  };
}

describe('readProbe', () => {
  it.each([
    { kind: 'connect' },
    { kind: 'connect', port: 104 },
    { kind: 'http', method: 'GET', path: '/status?x=1', expectStatus: [200, { min: 300, max: 399 }] },
    { kind: 'http', host: 'pacs.example:8080', headers: { 'X-Check': '1' } },
    { kind: 'external', command: '/bin/true', args: ['-v'], env: { LANG: 'C' } },
    { kind: 'external', check: async () => Promise.resolve(true) },
    { kind: 'nodeStatus', name: 'INFINITT<20>', port: 137 },
  ])('reads $kind, of which a probe is made', (spec) => {
    expect(read(spec)).toEqual({ kind: spec.kind, problems: [] });
    expect(readOption(readProbe, spec).value).toMatchObject(spec);
  });

  it('knows a spec of an external check also where its `Object` is not ours, as in a test that Jest runs', () => {
    const foreign: unknown = runInNewContext('({ kind: "external", check: async () => true })');
    expect(makeProbe(readOption(readProbe, foreign).value)).not.toBe(foreign);
  });

  it('leaves live probes as they are, own ones included', () => {
    const literal = { kind: 'own', check: async () => Promise.resolve({ ok: true, code: 'x', reason: 'y' }) };
    const live = [connectProbe(), externalProbe({ command: 'true' }), new FakeProbe(), literal];
    for (const probe of live) expect(makeProbe(readOption(readProbe, probe).value)).toBe(probe);
  });

  it.each([
    [undefined, 'probe: a probe spec'],
    ['connect', 'probe: a probe spec'],
    [{ kind: 'tcp' }, "probe.kind: one of 'connect', 'http', 'external', 'nodeStatus'"],
    [{ kind: 'toString' }, 'probe.kind: one of'],
    [{ kind: 'connect', prot: 1 }, "probe: a known option such as 'port'"],
    [{ kind: 'connect', port: '104' }, 'probe.port: an integer'],
    [{ kind: 'nodeStatus', name: 'SIXTEEN_LETTERS_' }, 'probe.name: a NetBIOS name'],
    [{ kind: 'nodeStatus', name: 'PACS<2>' }, 'probe.name: a NetBIOS name'],
  ])('refuses %j', (value, problem) => {
    const { problems } = read(value);
    expect(problems.join('\n')).toContain(problem);
  });
});

describe('httpProbe', () => {
  it.each([
    [{ expectBody: 'ok' }, 'httpProbe.expectBody'],
    [{ path: 'status' }, 'httpProbe.path'],
    [{ path: '/a b' }, 'httpProbe.path'],
    [{ path: '/\r\nX: y' }, 'httpProbe.path'],
    [{ host: 'a\r\nb' }, 'httpProbe.host'],
    [{ headers: { 'X-A': 'b\r\nc: d' } }, 'httpProbe.headers'],
    [{ headers: { 'X A': 'b' } }, 'httpProbe.headers'],
    [{ headers: { Connection: 'keep-alive' } }, 'httpProbe.headers'],
    [{ headers: ['X-A: b'] }, 'httpProbe.headers'],
    [{ expectStatus: [] }, 'httpProbe.expectStatus'],
    [{ expectStatus: [100] }, 'httpProbe.expectStatus[0]'],
    [{ expectStatus: [200, '204'] }, 'httpProbe.expectStatus[1]'],
    [{ expectStatus: [{ min: 399, max: 300 }] }, 'httpProbe.expectStatus[0].max'],
    [{ expectStatus: [{ from: 200, to: 299 }] }, 'httpProbe.expectStatus[0]'],
  ])('refuses %j', (options, path) => {
    expect(problemPaths(() => httpProbe(options as unknown as HttpProbeOptions)).join()).toContain(path);
  });
});

describe('externalProbe', () => {
  it.each([
    [{}, 'externalProbe'],
    [{ command: 'true', check: async () => Promise.resolve(true) }, 'externalProbe'],
    [{ command: '' }, 'externalProbe.command'],
    [{ command: 'true', args: [1] }, 'externalProbe.args[0]'],
    [{ command: 'true', args: ['a\0b'] }, 'externalProbe.args[0]'],
    [{ command: 'true', env: { A: 1 } }, 'externalProbe.env.A'],
    [{ command: 'true', env: ['A=1'] }, 'externalProbe.env'],
    [{ check: true }, 'externalProbe.check'],
  ])('refuses %j', (options, path) => {
    expect(problemPaths(() => externalProbe(options as unknown as ExternalProbeOptions))).toContain(path);
  });
});

it('refuses wrong options of the other factories', () => {
  expect(problemPaths(() => connectProbe({ port: 65536 }))).toEqual(['connectProbe.port']);
  expect(problemPaths(() => nodeStatusProbe({ name: '' }))).toEqual(['nodeStatusProbe.name']);
});

function problemPaths(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    if (error instanceof OptionsError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}
