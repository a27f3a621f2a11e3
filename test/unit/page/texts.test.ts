import { describe, expect, it } from 'vitest';
import { english } from '../../../page/text/english.ts';
import { message } from '../../../page/text/message.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  thinSpace,
} from '../../../page/text/numbers.ts';
import { catalogues, Texts, type Language } from '../../../page/text/texts.ts';
import { Times } from '../../../page/text/times.ts';

const texts = new Texts('en', 'Asia/Seoul');

function namesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/\{(\w+)/gu)].map(([, name = '']) => name))].sort();
}

describe('the catalogues', () => {
  it.each(Object.keys(catalogues) as Language[])(
    '%s has every text, and no value that English does not give',
    (language) => {
      const catalogue = catalogues[language];
      expect(Object.keys(catalogue)).toEqual(Object.keys(english));
      for (const [key, text] of Object.entries(english)) {
        const own = catalogue[key as keyof typeof english];
        expect(own.trim(), key).not.toBe('');
        expect(namesIn(text), key).toEqual(expect.arrayContaining([...namesIn(own)]));
      }
    },
  );

  it('leaves out of Korean only counts that its words do not need', () => {
    const missing = Object.entries(english).flatMap(([key, text]) => {
      const own = namesIn(catalogues.ko[key as keyof typeof english]);
      return namesIn(text).filter((name) => !own.includes(name));
    });
    const counts = ['services', 'sessions', 'clients', 'servers', 'count', 'entries', 'dropped', 'count'];
    expect(missing.filter((name) => !counts.includes(name))).toEqual([]);
  });
});

describe('a text', () => {
  it.each([
    [1, '1 session on 1 service'],
    [2, '2 sessions on 2 services'],
    [1234, `1${thinSpace}234 sessions on 1${thinSpace}234 services`],
  ])('has the word for %d', (count, said) => {
    expect(texts.say('sessionsOnServices', { sessions: count, services: count })).toBe(said);
  });

  it('takes values as they are, also where they look like names', () => {
    expect(texts.say('gone', { name: '{count|<i>}' })).toBe(
      '{count|<i>} is not there. It may have been removed.',
    );
  });

  it('takes messages and lists of them as values', () => {
    const list = [message('up'), message('down')];
    expect(texts.say('backChanges', { changes: list })).toBe('Meanwhile: up, down');
  });
});

describe('numbers', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1234, '1\u202f234'],
    [10240000, '10\u202f240\u202f000'],
  ])('%d', (count, said) => {
    expect(formatCount(count)).toBe(said);
  });

  it.each([
    [0, '0'],
    [4.46, '4.5'],
    [9.96, '10'],
    [57.4, '57'],
  ])('%d per second', (rate, said) => {
    expect(formatRate(rate)).toBe(said);
  });

  it.each([
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_600, '1.0 MB'],
    [1_184_000_000, '1.2 GB'],
  ])('%d bytes', (bytes, said) => {
    expect(formatBytes(bytes).replace(thinSpace, ' ')).toBe(said);
  });

  it.each([
    [38, '38 ms'],
    [252_000, '4 min 12 s'],
    [7_800_000, '2 h 10 min'],
    [3_600_000, '1 h'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms', (durationMs, said) => {
    expect(formatDuration(durationMs).replaceAll(thinSpace, ' ')).toBe(said);
  });
});

describe('times', () => {
  const seoul = new Times('en-GB', 'Asia/Seoul');
  const at = Date.UTC(2026, 10, 30, 1, 42, 7);

  it('are those of the reader, with the day where it is another one', () => {
    expect(seoul.minute(at, at)).toBe('10:42');
    expect(seoul.second(at, at)).toBe('10:42:07');
    expect(seoul.minute(at, at + 86_400_000)).toBe('30 Nov 10:42');
    expect(seoul.zone(at)).toBe('KST');
    expect(new Times('en-GB', 'Asia/Kathmandu').zone(at)).toBe('GMT+5:45');
  });
});
