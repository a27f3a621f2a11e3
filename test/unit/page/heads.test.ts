import { describe, expect, it } from 'vitest';
import { clusterSince, clusterState, serverHead, serviceHead } from '../../../page/site/heads.ts';
import { english, eventOf, memoryOf, now, refused, seoulTime, siteOf } from './site-scene.ts';

const services = ['INFINITT_Web', 'DICOM', 'QUERY'];
const down = { health: 'down', probe: refused, sessions: 0 } as const;
const quiet = memoryOf();

function headOf(
  server: string,
  changes: Parameters<typeof siteOf>[2],
  memory = quiet,
): readonly [string, string] {
  const found = siteOf(services, ['S1', 'S2'], changes).servers.find(({ name }) => name === server)!;
  const { state, why } = serverHead(found, memory, now);
  return [state, english.write(why)];
}

describe("a server's head", () => {
  it.each([
    [{}, 'up', '30 sessions on 3 services'],
    [{ '/S1': down }, 'down', 'refuses connections'],
    [{ '/S1': { health: 'unknown' } }, 'unknown', 'not probed yet'],
    [{ '/S1': { adminState: 'drain' } }, 'drain', '30 sessions left'],
    [{ '/S1': { adminState: 'halt' } }, 'halt', 'takes nobody'],
    [{ 'DICOM/S1': { ejected: true } }, 'degraded', 'ejected from DICOM'],
    [{ 'DICOM/S1': down }, 'degraded', 'not up in DICOM'],
    [{ '/S1': down, 'DICOM/S1': { health: 'up' } }, 'degraded', 'not up in INFINITT_Web, QUERY'],
  ] as const)('%j', (changes, state, why) => {
    expect(headOf('S1', changes)).toEqual([state, why]);
  });

  it('tells how far a drain is, and who ordered', () => {
    const order = { previous: 'online', by: 'mkim (claimed by sluice drain)' };
    const memory = memoryOf(
      ...services.map((service) =>
        eventOf('serverAdminStateChanged', seoulTime(10, 58), service, 'S1', order),
      ),
    );
    expect(headOf('S1', { '/S1': { adminState: 'drain' } }, memory)[1]).toBe('30 of 288 sessions left');
    expect(headOf('S1', { '/S1': { adminState: 'halt' } }, memory)[1]).toBe(
      'by mkim since 10:58; takes nobody',
    );
  });
});

describe("a service's head", () => {
  it.each([
    [{}, 'up', 3],
    [{ '/S1': down }, 'degraded', 2],
    [{ '/S1': { adminState: 'drain' } }, 'up', 2],
    [{ '/S1': down, '/S2': { adminState: 'halt' }, '/S3': { ejected: true } }, 'down', 0],
    [{ '/S1': { health: 'unknown' }, '/S2': { adminState: 'halt' }, '/S3': down }, 'unknown', 1],
  ] as const)('%j', (changes, state, up) => {
    const [service] = siteOf(['DICOM'], ['S1', 'S2', 'S3'], changes).services;
    expect(serviceHead(service!)).toEqual({ state, up, all: 3 });
  });
});

describe("the cluster's word", () => {
  it.each([
    ['up', {}],
    ['up', { '/S1': { adminState: 'drain' } }],
    ['up', { '/S1': { adminState: 'halt', health: 'down' } }],
    ['degraded', { 'DICOM/S1': { ejected: true } }],
    ['degraded', { '/S1': down }],
    ['down', { 'DICOM/S1': down, 'DICOM/S2': { adminState: 'drain' } }],
    ['unknown', { '/S1': { health: 'unknown' }, '/S2': { health: 'unknown' } }],
  ] as const)('is %s for %j', (state, changes) => {
    expect(clusterState(siteOf(services, ['S1', 'S2'], changes))).toBe(state);
  });

  it('is unknown without a service', () => {
    expect(clusterState(siteOf([], []))).toBe('unknown');
  });

  it('holds since the first deviation that is still there, or since the last change where all is well', () => {
    const memory = memoryOf(
      eventOf('serverHealthChanged', seoulTime(10, 42), 'DICOM', 'S1', { current: 'down' }),
      eventOf('serverHealthChanged', seoulTime(10, 50), 'DICOM', 'S2', { current: 'up' }),
    );
    expect(clusterSince(siteOf(services, ['S1', 'S2'], { '/S1': down }), memory)).toBe(seoulTime(10, 42));
    expect(clusterSince(siteOf(services, ['S1', 'S2']), memory)).toBe(seoulTime(10, 50));
    expect(clusterSince(siteOf(services, ['S1', 'S2']), quiet)).toBeUndefined();
  });
});
