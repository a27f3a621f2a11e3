import { describe, expect, it } from 'vitest';
import { FactEmitter } from '../../../src/facts/fact-emitter.ts';
import type { ServiceEvents } from '../../../src/facts/service-events.ts';
import type { AccessLogOptions } from '../../../src/index.ts';
import { AddressBlock } from '../../../src/model/address-block.ts';
import { isAccessWanted, tellEnded } from '../../../src/records/access-facts.ts';
import { AccessLog } from '../../../src/records/access-log.ts';
import { everything, type LogEntry, type LogFilter } from '../../../src/records/log-entry.ts';
import { RecentLog } from '../../../src/records/recent-log.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { accessRecord } from '../../support/access-records.ts';

function setUp(
  maxRecords = 3,
  services: readonly string[] = ['Web', 'DICOM'],
): {
  facts: FactEmitter<ServiceEvents>;
  log: RecentLog;
  services: string[];
} {
  const facts = new FactEmitter<ServiceEvents>();
  const clock = new VirtualClock();
  const runtime = { clock, random: () => 0.5, log: () => undefined };
  const present = [...services];
  const source = {
    on: facts.on.bind(facts),
    off: facts.off.bind(facts),
    accessLog: (options: AccessLogOptions) => new AccessLog(facts, runtime, options),
    overview: () => ({ services: present.map((name) => ({ name })) }),
  };
  return { facts, log: new RecentLog(source, clock, maxRecords), services: present };
}

function ended(
  facts: FactEmitter<ServiceEvents>,
  sessionId: number,
  service = 'Web',
  client = '192.0.2.7:1',
): void {
  tellEnded(facts, { record: accessRecord({ sessionId, service, client }), target: '/a/1.2.840.1?name=DOE' });
}

function halted(facts: FactEmitter<ServiceEvents>, service = 'DICOM'): void {
  const change = { previous: 'online', current: 'halt', by: 'anna' } as const;
  facts.publish('serverAdminStateChanged', { service, server: 'PACS1', atMs: 1, ...change });
}

function words(entries: readonly LogEntry[]): readonly unknown[] {
  return entries.map((entry) => {
    if (entry.kind === 'access') return entry.record.sessionId;
    return entry.kind === 'event' ? entry.event : entry.order;
  });
}

describe('the recent log', () => {
  it('tells what happened in its order, with masked paths and without queries', () => {
    const { facts, log } = setUp();
    ended(facts, 1);
    halted(facts);
    log.tellOrder({ order: 'apply', by: 'anna', message: 'order apply, by anna' });
    ended(facts, 2, 'DICOM');
    expect(words(log.recent(everything))).toEqual([1, 'serverAdminStateChanged', 'apply', 2]);
    expect(log.recent(everything)[1]).toMatchObject({
      level: 'info',
      message: 'DICOM: PACS1 was online, is halt, by anna',
    });
    expect(log.recent(everything)[0]).toMatchObject({ record: { path: '/a/*', query: undefined } });
    expect(JSON.stringify(log.recent(everything))).not.toContain('DOE');
  });

  it('keeps so many records of each service: a busy one takes no place of another', () => {
    const { facts, log } = setUp(3);
    ended(facts, 1, 'DICOM');
    for (let id = 2; id < 50; id++) ended(facts, id, 'Web');
    expect(words(log.recent(everything))).toEqual([1, 47, 48, 49]);
  });

  it('keeps no records of services that are gone', () => {
    const { facts, log, services } = setUp(3, ['Old']);
    ended(facts, 1, 'Old');
    services.splice(0, 1, 'New');
    ended(facts, 2, 'New');
    expect(words(log.recent(everything))).toEqual([2]);
  });

  it.each<[Partial<LogFilter>, readonly unknown[]]>([
    [{ about: 'access' }, [1, 2]],
    [{ about: 'state' }, ['serverAdminStateChanged', 'apply', 'workerReplaced']],
    // What is of no service concerns each.
    [{ service: 'DICOM' }, ['serverAdminStateChanged', 2, 'apply', 'workerReplaced']],
    [{ client: AddressBlock.parse('192.0.2.7') }, [1]],
    [{ client: AddressBlock.parse('2001:db8::/32') }, [2]],
  ])('goes by %j', (filter, expected) => {
    const { facts, log } = setUp();
    ended(facts, 1);
    halted(facts);
    ended(facts, 2, 'DICOM', '[2001:db8::1]:104');
    log.tellOrder({ order: 'apply', by: 'anna', message: '' });
    facts.publish('workerReplaced', { worker: 0, atMs: 1 });
    expect(words(log.recent({ ...everything, ...filter }))).toEqual(expected);
  });

  it('goes on for a reader until that has enough', () => {
    const { facts, log } = setUp();
    const heard: LogEntry[] = [];
    const reader = log.follow({ ...everything, service: 'Web' }, (entry) => heard.push(entry));
    ended(facts, 1);
    ended(facts, 2, 'DICOM');
    reader[Symbol.dispose]();
    ended(facts, 3);
    expect(words(heard)).toEqual([1]);
  });

  it('with 0, makes records only while somebody follows them', () => {
    const { facts, log } = setUp(0);
    const isMade = (): boolean => isAccessWanted(facts, 'accessEnded', 'http');
    expect(isMade()).toBe(false);
    const heard: LogEntry[] = [];
    const ofState = log.follow({ ...everything, about: 'state' }, () => undefined);
    expect(isMade()).toBe(false);
    const ofRecords = log.follow(everything, (entry) => heard.push(entry));
    ended(facts, 1);
    ofRecords[Symbol.dispose]();
    ofState[Symbol.dispose]();
    expect(isMade()).toBe(false);
    expect(words(heard)).toEqual([1]);
    expect(log.recent(everything)).toEqual([]);
  });

  it('hears no more once it is closed', () => {
    const { facts, log } = setUp();
    log.close();
    log.close();
    expect(isAccessWanted(facts, 'accessEnded', 'http')).toBe(false);
    halted(facts);
    expect(log.recent(everything)).toEqual([]);
  });
});
