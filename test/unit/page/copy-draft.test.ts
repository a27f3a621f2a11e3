import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/base/finding.ts';
import type { PlainServiceConfig } from '../../../src/config/plain-config.ts';
import { changesOfCopy, kindOfPersistence, mended, withChoice } from '../../../page/site/copy-draft.ts';

const web: PlainServiceConfig = {
  name: 'INFINITT_Web',
  mode: 'http',
  servers: [],
  port: 80,
  persistence: {
    kind: 'chain',
    of: [
      { kind: 'httpCookie', name: 'SRV' },
      { kind: 'sourceIp', ttlMs: 5 },
    ],
  },
  healthCheck: { intervalMs: 2000, probe: { kind: 'http', path: '/' } },
};
const draft = { name: 'DICOM', port: '104' };

function finding(...mend: Finding['mend']): Finding {
  const texts = { rule: 'rule', severity: 'warning', path: '', message: '', why: '' } as const;
  return { ...texts, services: [], servers: [], mend };
}

describe('a copy that is not made yet', () => {
  it('changes what was filled in, and keeps the rest of the original', () => {
    expect(kindOfPersistence(web)).toBe('httpCookie+sourceIp');
    expect(changesOfCopy(web, draft)).toEqual({ name: 'DICOM', port: 104 });
    expect(changesOfCopy(web, { ...draft, mode: 'tcp', persistence: 'sourceIp', probe: 'connect' })).toEqual({
      ...{ name: 'DICOM', port: 104, mode: 'tcp' },
      persistence: { kind: 'sourceIp', ttlMs: 5 },
      healthCheck: { intervalMs: 2000, probe: { kind: 'connect' } },
    });
  });

  it('leaves what is no number to those who refuse it', () => {
    expect(changesOfCopy(web, { ...draft, port: '1o4' })).toMatchObject({ port: '1o4' });
  });

  it('takes the part of a mend that is about the copy, and shows it in its fields', () => {
    const checked = { copy: { ...web, name: 'DICOM' }, path: 'services[3]' };
    const next = mended(
      draft,
      checked,
      finding(
        { path: 'services[0].persistence.table', value: 'shared' },
        { path: 'services[3].healthCheck.probe', value: { kind: 'connect' } },
      ),
    );
    expect(next).toMatchObject({ probe: 'connect' });
    expect(changesOfCopy(web, next!)).toEqual({
      ...{ name: 'DICOM', port: 104 },
      healthCheck: { intervalMs: 2000, probe: { kind: 'connect' } },
    });
    expect(mended(draft, checked, finding())).toBeUndefined();
  });

  it('goes by a later choice instead of a mend', () => {
    const mends = { healthCheck: { probe: { kind: 'connect' } } };
    const next = withChoice({ ...draft, probe: 'connect', mends }, 'probe', undefined);
    expect(changesOfCopy(web, next)).toEqual({ name: 'DICOM', port: 104 });
  });
});
