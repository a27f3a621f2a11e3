import { describe, expect, it } from 'vitest';
import { describeCaller, describeOrder } from '../../../src/control/caller.ts';

describe('who calls', () => {
  it.each([
    [{ 'sluice-user': 'alice', 'user-agent': 'sluice drain' }, 'alice (claimed by sluice drain)'],
    [{ 'sluice-user': 'j%C3%BCrgen', 'user-agent': 'curl/8.5.0' }, 'jürgen (claimed by curl/8.5.0)'],
    [{}, 'somebody (claimed by an unknown program)'],
    [{ 'sluice-user': 'a%1B[31m%0Ab', 'user-agent': 'x(y)' }, 'a__31m_b (claimed by x_y_)'],
    [{ 'sluice-user': '%', 'user-agent': 'p'.repeat(99) }, `_ (claimed by ${'p'.repeat(40)})`],
  ])('%j is %s', (headers, by) => {
    expect(describeCaller(headers)).toBe(by);
  });
});

describe('an order', () => {
  const by = 'alice (claimed by sluice)';

  it('is told with its service and server', () => {
    expect(describeOrder('/v1/halt', by, { server: 's1', service: 'DICOM' })).toEqual({
      ...{ order: 'halt', server: 's1', service: 'DICOM', by },
      message: `order halt s1 in DICOM, by ${by}`,
    });
    const added = describeOrder('/v1/servers/add', by, { server: { name: 's3', host: '192.0.2.1' } });
    expect(added).toMatchObject({ server: 's3', message: `order servers/add s3, by ${by}` });
  });

  it('is told without a configuration, and without a client', () => {
    for (const input of [undefined, { configuration: { services: [] } }, { client: '192.0.2.1' }])
      expect(describeOrder('/v1/apply', by, input).message).toBe(`order apply, by ${by}`);
  });
});
