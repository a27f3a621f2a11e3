import type { EventEntry } from '../../../src/records/log-entry.ts';
import { Memory } from '../../../page/site/memory.ts';
import { readSite, type Cell, type Site, type WireOverview } from '../../../page/site/site.ts';
import { Texts } from '../../../page/text/texts.ts';

/** 30 November 2026, 11:03:21 in Seoul. */
export const nowMs = Date.UTC(2026, 10, 30, 2, 3, 21);
export const english = new Texts('en', 'Asia/Seoul');
export const now = { atMs: nowMs, times: english.times };

/** Today in Seoul. */
export function seoulTime(hour: number, minute: number, second = 0): number {
  return Date.UTC(2026, 10, 30, hour - 9, minute, second);
}

type CellChange = Partial<Omit<Cell, 'service' | 'server'>>;

/** Changes by `SERVICE/SERVER`, or by `/SERVER` for all services. */
export type SceneChanges = Readonly<Record<string, CellChange>>;

export const refused = { ok: false, code: 'refused', reason: 'refused', tookMs: 1, atMs: nowMs };

/** Services by servers, all up with ten sessions each but for the changes. */
export function siteOf(
  services: readonly string[],
  servers: readonly string[],
  changes: SceneChanges = {},
): Site {
  return readSite(overviewOf(services, servers, changes));
}

export function overviewOf(
  services: readonly string[],
  servers: readonly string[],
  changes: SceneChanges = {},
): WireOverview {
  const listener = (service: string, index: number): object => ({
    ...{ protocol: 'tcp', host: '192.0.2.1', port: 100 + index, status: 'up', sessions: 0, tables: [] },
    servers: servers.map((server) => {
      const { probe, ...change } = { ...changes[`/${server}`], ...changes[`${service}/${server}`] };
      return {
        ...{
          name: server,
          host: `192.0.2.${10 + servers.indexOf(server)}`,
          port: 104,
          weight: 1,
          backup: false,
        },
        ...{ adminState: 'online', health: 'up', ejected: false, sessions: 10, maxSessions: 'Infinity' },
        ...{ sessionsTotal: 100, bytesFromServer: 1000, lastProbe: probe },
        ...change,
      };
    }),
  });
  const described = services.map((name, index) => ({
    ...{ name, mode: 'tcp', status: 'up' },
    listeners: [listener(name, index)],
  }));
  return { atMs: nowMs, services: described } as unknown as WireOverview;
}

export function eventOf(
  event: EventEntry['event'],
  atMs: number,
  service: string,
  server: string,
  more: object = {},
): EventEntry {
  return { kind: 'event', level: 'info', message: event, event, atMs, service, server, ...more };
}

export function memoryOf(...entries: readonly EventEntry[]): Memory {
  const memory = new Memory();
  for (const entry of entries) memory.take(entry, () => 96);
  return memory;
}
