import { expect, it } from 'vitest';
import { FactEmitter } from '../../../src/facts/fact-emitter.ts';
import type { ServiceEvents } from '../../../src/facts/service-events.ts';
import { logEvents, type EventLogger } from '../../../src/records/event-log.ts';

function setUp(): { facts: FactEmitter<ServiceEvents>; lines: unknown[]; end: () => void } {
  const facts = new FactEmitter<ServiceEvents>();
  const lines: unknown[] = [];
  const note = (level: string) => (details: object, message: string) =>
    void lines.push([level, message, details]);
  const logger: EventLogger = { info: note('info'), warn: note('warn'), error: note('error') };
  return { facts, lines, end: logEvents(facts, logger) };
}

const about = { service: 'DICOM', server: 'PACS1', atMs: 1 };
const added = { ...about, by: 'anna' };

it('tells who ordered what', () => {
  const { facts, lines } = setUp();
  const change = { ...about, previous: 'online', current: 'halt', by: 'anna' } as const;
  facts.publish('serverAdminStateChanged', change);
  facts.publish('serverAdded', added);
  facts.publish('serverRemoved', added);
  expect(lines).toEqual([
    ['info', 'DICOM: PACS1 was online, is halt, by anna', { event: 'serverAdminStateChanged', ...change }],
    ['info', 'DICOM: PACS1 was added, by anna', { event: 'serverAdded', ...added }],
    ['info', 'DICOM: PACS1 was removed, by anna', { event: 'serverRemoved', ...added }],
  ]);
});

it('is worse where a server is down', () => {
  const { facts, lines } = setUp();
  const change = { ...about, previous: 'up', reason: 'refused' } as const;
  facts.publish('serverHealthChanged', { ...change, current: 'down' });
  facts.publish('serverHealthChanged', { ...change, previous: 'down', current: 'up' });
  facts.publish('serverEjected', { ...about, forMs: 10 });
  expect(lines.map((line) => (line as [string])[0])).toEqual(['error', 'info', 'warn']);
});

it('does not quote what code threw, nor list a thousand clients', () => {
  const { facts, lines } = setUp();
  const error = new TypeError('PatientName=DOE^JANE');
  facts.publish('extensionFailed', {
    service: 'Web',
    atMs: 1,
    extension: "persistence 'own'",
    call: 'lookup',
    error,
    count: 2,
  });
  facts.publish('handlerFailed', { event: 'sessionClosed', error });
  facts.publish('drainFinished', {
    ...about,
    reason: 'empty',
    aborted: 0,
    clients: ['192.0.2.1', '192.0.2.2'],
  });
  expect(JSON.stringify(lines)).not.toMatch(/DOE|192/u);
  expect(lines).toMatchObject([
    ['error', expect.anything(), { error: 'TypeError' }],
    ['error', expect.anything(), { error: 'TypeError' }],
    ['info', expect.anything(), { clients: 2 }],
  ]);
});

it('ends, and says nothing of sessions', () => {
  const { facts, lines, end } = setUp();
  expect(facts.listenerCount('sessionClosed')).toBe(0);
  expect(facts.listenerCount('decisionMade')).toBe(0);
  end();
  facts.publish('serverAdded', added);
  expect(lines).toEqual([]);
});

it('survives a logger that throws', () => {
  const facts = new FactEmitter<ServiceEvents>();
  const fail = (): never => {
    throw new Error('no');
  };
  logEvents(facts, { info: fail, warn: fail, error: fail });
  expect(() => facts.publish('serverAdded', added)).not.toThrow();
});
