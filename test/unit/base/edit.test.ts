import { describe, expect, it } from 'vitest';
import { withEdit } from '../../../src/base/edit.ts';

describe('an edit', () => {
  const config = { workers: 0, services: [{ name: 'A', tags: [1, 2, 3] }, { name: 'B' }] };

  it.each([
    ['changes a value', { path: 'services[1].name', value: 'C' }, [config.services[0], { name: 'C' }]],
    ['adds one', { path: 'services[1].port', value: 104 }, [config.services[0], { name: 'B', port: 104 }]],
    [
      'adds one within another',
      { path: 'services[1].a.b', value: 1 },
      [config.services[0], { name: 'B', a: { b: 1 } }],
    ],
    ['removes one', { path: 'services[1].name', remove: true }, [config.services[0], {}]],
    [
      'removes an element',
      { path: 'services[0].tags[1]', remove: true },
      [{ name: 'A', tags: [1, 3] }, { name: 'B' }],
    ],
    ['removes what is not there', { path: 'services[1].port', remove: true }, config.services],
  ] as const)('%s', (_, edit, services) => {
    const before = structuredClone(config);
    expect(withEdit(config, edit)).toEqual({ workers: 0, services });
    expect(config).toEqual(before);
  });

  it('shares what it does not touch', () => {
    const { services } = withEdit(config, { path: 'services[1].name', value: 'C' }) as typeof config;
    expect(services[0]).toBe(config.services[0]);
  });

  it.each([
    ['behind the end of a list', { path: 'services[3].name', value: 'C' }],
    ['within a text', { path: 'services[0].name.first', value: 'C' }],
    ['a name in a list', { path: 'services.first', value: 'C' }],
    ['no path', { path: 'services[x]', value: 'C' }],
    ['an element that is not there', { path: 'services[2]', remove: true }],
  ] as const)('leaves what has no such place: %s', (_, edit) => {
    expect(withEdit(config, edit)).toBe(config);
  });

  it('adds the element behind the last one', () => {
    const { services } = withEdit(config, { path: 'services[2].name', value: 'C' }) as typeof config;
    expect(services.at(2)).toEqual({ name: 'C' });
  });
});
