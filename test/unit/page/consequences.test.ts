import { describe, expect, it } from 'vitest';
import { consequencesOf, servicesLeftWithout } from '../../../page/site/consequences.ts';
import { english, siteOf, type SceneChanges } from './site-scene.ts';

const services = ['INFINITT_Web', 'DICOM'];
const use = {
  sessions: [
    { client: '192.0.2.50:1234', durationMs: 7_800_000 },
    { client: '192.0.2.50:1235', durationMs: 1000 },
    { client: '[2001:db8::1]:99', durationMs: 10 },
  ],
  remembered: ['192.0.2.50', '192.0.2.51', '192.0.2.52', '192.0.2.53'],
};

function told(order: 'drain' | 'halt' | 'online', changes: SceneChanges = {}): readonly string[] {
  const site = siteOf(services, ['S1', 'S2', 'S3'], changes);
  return consequencesOf(order, site, site.servers[0]!, use).map(({ amount, strong, text }) => {
    const bold = strong === undefined ? '' : english.write(strong);
    const left = amount === 'bad' ? '!' : 'count' in amount ? amount.count : `${amount.percent} %`;
    return `${left} ${bold}${english.write(text)}`.replaceAll('\u202f', ' ');
  });
}

describe('what an order will do', () => {
  it('says who stays, who comes back, and who carries the rest', () => {
    expect(told('drain')).toEqual([
      '0 new clients from now on, on all 2 services.',
      '2 clients stay until their 20 sessions end. Longest so far: 192.0.2.50, 2 h 10 min.',
      '4 clients are remembered here and may keep coming back: 192.0.2.50, 192.0.2.51, 192.0.2.52 and 1 more. Each new session renews the entry.',
      '30 sessions is what S2 would carry, the busiest of 2.',
    ]);
  });

  it('says first which service would have nobody left', () => {
    const changes = { '/S2': { health: 'down' }, 'DICOM/S3': { adminState: 'drain' } } as const;
    expect(told('halt', changes)[0]).toBe(
      '! DICOM would have no server for new clients: S2 down, S3 drain. Better wait until one is back.',
    );
    const site = siteOf(services, ['S1', 'S2', 'S3'], changes);
    expect(servicesLeftWithout('halt', site, site.servers[0]!)).toEqual(['DICOM']);
    expect(servicesLeftWithout('online', site, site.servers[0]!)).toEqual([]);
  });

  it('measures by the limit where there is one', () => {
    expect(told('drain', { '/S2': { health: 'down' }, '/S3': { maxSessions: 20 } }).at(-1)).toBe(
      '100 % of its limit is what S3 would carry, alone.',
    );
  });

  it('promises that sessions go on under halt, and that online touches nobody', () => {
    expect(told('halt')[1]).toBe(
      '20 sessions go on until they end by themselves. Longest so far: 192.0.2.50, 2 h 10 min.',
    );
    expect(told('online')[1]).toBe('0 sessions are touched. Clients that moved away stay where they are.');
  });
});
