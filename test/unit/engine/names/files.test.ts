import { describe, expect, it } from 'vitest';
import { parseHosts } from '../../../../src/engine/names/hosts-file.ts';
import { candidateNames, parseSearchRules } from '../../../../src/engine/names/search-rules.ts';

describe('a hosts file', () => {
  it('has all names of a line, in lower case, and all addresses of a name in order', () => {
    const table = parseHosts(
      [
        '127.0.0.1\tlocalhost',
        '10.0.0.1  PACS1.Hospital.test pacs1 # the old one',
        '10.0.0.2 pacs1',
        '::1 localhost',
      ].join('\r\n'),
    );
    expect(Object.fromEntries(table)).toEqual({
      localhost: ['127.0.0.1', '::1'],
      'pacs1.hospital.test': ['10.0.0.1'],
      pacs1: ['10.0.0.1', '10.0.0.2'],
    });
  });

  it('is read past what makes no sense', () => {
    const lines = [
      '# 10.0.0.1 a',
      '',
      '10.0.0.1',
      'pacs1 10.0.0.1',
      '300.0.0.1 b',
      'fe80::1%lo0 c',
      '10.0.0.1 c',
      '10.0.0.1 c',
    ];
    expect(Object.fromEntries(parseHosts(lines.join('\n')))).toEqual({ c: ['fe80::1%lo0', '10.0.0.1'] });
  });
});

describe('the rules for completing names', () => {
  it.each([
    ['', 'pacs', { domains: [], minDots: 1 }],
    ['nameserver 10.0.0.1', 'gate.hospital.test', { domains: ['hospital.test'], minDots: 1 }],
    ['search A.test b.test.\n', 'gate.hospital.test', { domains: ['a.test', 'b.test'], minDots: 1 }],
    ['domain a.test\nsearch b.test c.test', 'gate', { domains: ['b.test', 'c.test'], minDots: 1 }],
    ['search b.test c.test\ndomain a.test x', 'gate', { domains: ['a.test'], minDots: 1 }],
    ['options rotate ndots:5 timeout:1', 'gate', { domains: [], minDots: 5 }],
    ['options ndots:99\nsearch .', 'gate', { domains: [], minDots: 15 }],
    ['; options ndots:3\n#search a.test\noptions ndots:x', 'gate', { domains: [], minDots: 1 }],
  ])('of %j on %s', (text, ownName, rules) => {
    expect(parseSearchRules(text, ownName)).toEqual(rules);
  });

  it.each([
    ['pacs', 1, ['pacs.a.test', 'pacs.b.test', 'pacs']],
    ['pacs.x', 1, ['pacs.x', 'pacs.x.a.test', 'pacs.x.b.test']],
    ['pacs.x', 2, ['pacs.x.a.test', 'pacs.x.b.test', 'pacs.x']],
    ['pacs', 0, ['pacs', 'pacs.a.test', 'pacs.b.test']],
    ['pacs.', 1, ['pacs']],
  ])('complete %s, where names need %d dots', (name, minDots, candidates) => {
    expect(candidateNames(name, { domains: ['a.test', 'b.test'], minDots })).toEqual(candidates);
  });
});
