import { describe, expect, it } from 'vitest';
import { factsOf } from '../../../page/site/facts.ts';
import {
  english,
  eventOf,
  memoryOf,
  now,
  refused,
  seoulTime,
  siteOf,
  type SceneChanges,
} from './site-scene.ts';

const services = ['INFINITT_Web', 'DICOM'];
const servers = ['S1', 'S2', 'S3'];
const down = { health: 'down', probe: refused, sessions: 0 } as const;

function said(changes: SceneChanges, memory = memoryOf()): readonly string[] {
  return factsOf(siteOf(services, servers, changes), memory, now).map(({ text }) => english.write(text));
}

describe('the sentences beside the word', () => {
  it('say that nobody is needed, and what may be taken out, as it is now', () => {
    expect(said({})).toEqual([
      'All 2 services answer on all 3 servers. Nothing needs you; any one server can be taken out.',
    ]);
    expect(said({ 'DICOM/S2': { adminState: 'halt' }, 'DICOM/S3': { adminState: 'halt' } }).at(-1)).toBe(
      'Everything else is as ordered.',
    );
  });

  it('never say that any server can go where one is the last of its service', () => {
    const site = siteOf(['DICOM'], ['S1']);
    expect(factsOf(site, memoryOf(), now).map(({ text }) => english.write(text))).toEqual([
      'Its service answers. Nothing needs you, and no server can be taken out: each is the only one of a service.',
    ]);
  });

  it('come worst first: what nobody ordered before orders', () => {
    const order = (service: string): ReturnType<typeof eventOf> =>
      eventOf('serverAdminStateChanged', seoulTime(10, 58), service, 'S3', {
        previous: 'online',
        by: 'mkim',
      });
    const memory = memoryOf(
      ...services.map(order),
      ...services.map((service) => eventOf('serverHealthChanged', seoulTime(10, 42), service, 'S2')),
      eventOf('serverEjected', seoulTime(11, 2, 48), 'DICOM', 'S1', { forMs: 60_000 }),
    );
    const changes: SceneChanges = {
      '/S3': { adminState: 'drain' },
      '/S2': down,
      'DICOM/S1': { ejected: true },
    };
    expect(said(changes, memory)).toEqual([
      'DICOM has no server for new clients: S1 ejected, S2 down, S3 drain.',
      'S2 is down: refuses connections on all 2 services since 10:42. No server takes its clients.',
      'S1 is ejected from DICOM until 11:03:48: connections to it failed. Its probes are good.',
      'S3 drains by order of mkim since 10:58: 20 of 192 sessions left.',
    ]);
  });

  it('name the service where not all are concerned, and offer to undo orders', () => {
    const site = siteOf(services, servers, { 'DICOM/S1': down, 'DICOM/S2': { adminState: 'halt' } });
    const facts = factsOf(site, memoryOf(), now);
    expect(facts.map(({ text }) => english.write(text))).toEqual([
      'S1 is down in DICOM: refuses connections. Its clients are on the other servers.',
      'S2 is halted in DICOM.',
    ]);
    expect(facts.map(({ undo }) => undo)).toEqual([undefined, { server: 'S2', service: 'DICOM' }]);
  });

  it('keep what comes from outside as a value', () => {
    const probe = { ...refused, code: 'odd', reason: '<b>{server|x}</b>' };
    expect(said({ 'DICOM/S1': { health: 'down', probe } })[0]).toBe(
      'S1 is down in DICOM: <b>{server|x}</b>. Its clients are on the other servers.',
    );
  });
});
