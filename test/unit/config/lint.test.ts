import { describe, expect, it } from 'vitest';
import { twoServices } from '../../../examples/two-services-config.ts';
import { OptionsError } from '../../../src/base/errors.ts';
import { lintConfig } from '../../../src/config/lint.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { infinittPreset } from '../../../src/presets/infinitt-preset.ts';
import { dicom, headCheck, servers, vip, web } from './rules/rule-cases.ts';

/** The mistake that the deployment guide warns of: a duplicate of the web service of which only the mode was changed. */
function guidesTrap(): object {
  const { services } = infinittPreset({ vip, servers });
  const duplicate = { ...services[0], name: 'ARCHIVE', mode: 'tcp', port: 11_112 };
  return { services: [...services, duplicate] };
}

function refusalOf(config: unknown): OptionsError {
  try {
    readConfig(config);
  } catch (error) {
    if (error instanceof OptionsError) return error;
  }
  throw new Error('it was accepted');
}

describe('what lint finds', () => {
  it("is both mistakes of the guide's trap at once, by their ids", () => {
    const findings = lintConfig(guidesTrap());
    expect(findings.map(({ rule, severity, services, path }) => [rule, severity, services, path])).toEqual([
      ['persist-mode', 'error', ['ARCHIVE'], 'services[5].persistence'],
      ['dup-check-kind', 'warning', ['ARCHIVE'], 'services[5].healthCheck.probe'],
    ]);
  });

  it('is told with what is refused', () => {
    const error = refusalOf(guidesTrap());
    expect(error.problems).toMatchObject([{ path: 'services[5].persistence', rule: 'persist-mode' }]);
    expect(error.findings.map(({ rule }) => rule)).toEqual(['dup-check-kind']);
    expect(error.message).toMatch(/services\[5\]\.persistence: .*\(persist-mode\)\n.*\(dup-check-kind\)$/u);
  });

  it.each([
    ['the preset', infinittPreset({ vip, servers })],
    ['the preset with a single server', infinittPreset({ vip, servers: servers.slice(0, 1) })],
    [
      'the preset on high ports',
      infinittPreset({
        vip,
        servers,
        ports: { web: 8080, dicom: 8104, query: 8105, mwl: 8204, check: 8137 },
        serverPorts: { web: 80, dicom: 104, query: 105, mwl: 204, check: 137 },
      }),
    ],
    ['the example of two services', twoServices(11_080, 11_104)],
  ])('is nothing in %s', (_, config) => {
    expect(lintConfig(config)).toEqual([]);
  });

  it('is plain data that nobody can change', () => {
    const [finding] = lintConfig({ services: [dicom({ healthCheck: headCheck })] });
    expect(JSON.parse(JSON.stringify(finding))).toEqual(finding);
    const { services = [], servers: named = [], mend = [] } = finding ?? {};
    for (const part of [finding, services, named, mend, mend[0]]) expect(Object.isFrozen(part)).toBe(true);
  });

  it('leaves out services with a value that is wrong by itself, and names the others rightly', () => {
    const wrong = dicom({ name: 'WRONG', port: 70_000, healthCheck: headCheck });
    const findings = lintConfig({ services: [wrong, dicom({ healthCheck: headCheck })] });
    expect(findings.map(({ services, path }) => [services, path])).toEqual([
      [['DICOM'], 'services[1].healthCheck.probe'],
    ]);
  });

  it('is told of a service in spite of an option that nobody knows', () => {
    const [finding] = lintConfig({ services: [dicom({ healthCheck: headCheck, idleTimeout: 5 })] });
    expect(finding?.rule).toBe('dup-check-kind');
  });

  it.each([undefined, null, 5, [], {}, { services: null }, { services: [null, {}, { mode: 'ftp' }, web()] }])(
    'is found, or not, in %j',
    (config) => {
      expect(lintConfig(config)).toEqual([]);
    },
  );
});
