import { describe, expect, it } from 'vitest';
import { HttpDate } from '../../../../src/http/codec/http-date.ts';

describe('HttpDate', () => {
  it('writes what the platform writes, for days and years of every kind', () => {
    const date = new HttpDate();
    const times = [0, 784_111_777_000, Date.UTC(2024, 1, 29, 23, 59, 59, 999), Date.UTC(2000, 11, 31)];
    for (let day = 0; day < 366 * 140; day += 13) times.push(day * 86_400_000 + day * 1001);
    for (const time of [...times, Date.UTC(2100, 1, 28), Date.UTC(2100, 2, 1), Date.UTC(9999, 11, 31)]) {
      expect(date.at(time).toString('latin1')).toBe(new Date(time).toUTCString());
    }
  });

  it('writes once a second', () => {
    const date = new HttpDate();
    const bytes = date.at(5_000);
    bytes[0] = 0;
    expect(date.at(5_999)[0]).toBe(0);
    expect(date.at(6_000).toString('latin1')).toBe('Thu, 01 Jan 1970 00:00:06 GMT');
  });
});
