import { expect, it } from 'vitest';
import { FactEmitter } from '../../../src/facts/fact-emitter.ts';
import { Server } from '../../../src/model/server.ts';
import type { PathContext } from '../../../src/path/path-context.ts';
import type { ServiceEvents } from '../../../src/facts/service-events.ts';
import { durationBoundsMs, Durations } from '../../../src/path/durations.ts';
import { noRefusals, TrafficCounters } from '../../../src/path/traffic-counters.ts';
import { SessionReport } from '../../../src/path/session-report.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { clientOf } from '../../support/policies.ts';

const server = new Server({ name: 'a', host: '192.0.2.1' });
const end = {
  server,
  reason: 'idle',
  error: 'SLUICE_ERR_IDLE',
  bytesFromClient: 3,
  bytesFromServer: 4,
} as const;

function makeReport(): { report: SessionReport; context: PathContext; clock: VirtualClock } {
  const clock = new VirtualClock(1000);
  const facts = new FactEmitter<ServiceEvents>();
  const context = { service: 'DICOM', facts, runtime: { clock }, counters: new TrafficCounters() };
  const report = new SessionReport(context as unknown as PathContext, clientOf('2001:db8::1'));
  return { report, context: context as unknown as PathContext, clock };
}

it('tells the facts of one session under one id', async () => {
  const { report, context, clock } = makeReport();
  const heard: unknown[] = [];
  for (const name of ['sessionOpened', 'connectFailed', 'sessionClosed', 'clientRefused'] as const) {
    context.facts.on(name, (fact) => heard.push([name, fact]));
  }
  report.connectFailed(server, 'SLUICE_ERR_CONNECT_REFUSED', 'server');
  report.opened('sessionOpened', server);
  await clock.advance(250);
  report.closed('sessionClosed', end);
  report.refused('queue-full');
  const { sessionId } = report;
  const common = { service: 'DICOM', sessionId, client: '[2001:db8::1]:50000' };
  expect(heard).toEqual([
    [
      'connectFailed',
      { ...common, server: 'a', error: 'SLUICE_ERR_CONNECT_REFUSED', side: 'server', atMs: 1000 },
    ],
    ['sessionOpened', { ...common, server: 'a', atMs: 1000 }],
    ['sessionClosed', { ...common, ...end, server: 'a', durationMs: 250, atMs: 1250 }],
    ['clientRefused', { ...common, reason: 'queue-full', atMs: 1250 }],
  ]);
});

it('counts a refusal though nobody listens', () => {
  const { report, context } = makeReport();
  report.refused('no-server');
  report.closed('flowClosed', { ...end, server: undefined });
  expect(context.counters.refusedTotal).toBe(1);
  expect(context.counters.refusals).toEqual({ ...noRefusals(), 'no-server': 1 });
});

it('measures how long it lasted though nobody listens, where durations are wanted', async () => {
  const { report, context, clock } = makeReport();
  context.counters.durations = new Durations();
  await clock.advance(40);
  report.closed('sessionClosed', end);
  const { session, exchange } = context.counters.durations.describe();
  expect([session.totalMs, session.counts[durationBoundsMs.indexOf(50)]]).toEqual([40, 1]);
  expect(exchange.totalMs).toBe(0);
});

it('has an id of its own', () => {
  expect(makeReport().report.sessionId).not.toBe(makeReport().report.sessionId);
});
