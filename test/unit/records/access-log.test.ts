import { describe, expect, it } from 'vitest';
import { FactEmitter } from '../../../src/facts/fact-emitter.ts';
import { serviceEventNames, type ServiceEvents } from '../../../src/facts/service-events.ts';
import { OptionsError, type AccessLogOptions, type AccessRecord } from '../../../src/index.ts';
import { isAccessWanted, tellEnded } from '../../../src/records/access-facts.ts';
import { AccessLog } from '../../../src/records/access-log.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { accessRecord } from '../../support/access-records.ts';
import { Writable } from 'node:stream';

interface Scene {
  readonly facts: FactEmitter<ServiceEvents>;
  readonly log: AccessLog;
  readonly heard: AccessRecord[];
  readonly messages: string[];
  readonly clock: VirtualClock;
}

function setUp(options: Partial<AccessLogOptions> = {}): Scene {
  const facts = new FactEmitter<ServiceEvents>();
  const clock = new VirtualClock();
  const heard: AccessRecord[] = [];
  const messages: string[] = [];
  const runtime = { clock, random: () => 0.5, log: (_: unknown, line: string) => void messages.push(line) };
  const log = new AccessLog(facts, runtime, { to: (record) => heard.push(record), ...options });
  return { facts, log, heard, messages, clock };
}

/** A stream that keeps what it is given, in pieces as it got them. */
function pieces(): Writable & { readonly text: string } {
  let text = '';
  const write = (chunk: Buffer, _: unknown, done: () => void): void => {
    text += chunk.toString();
    done();
  };
  return Object.defineProperty(new Writable({ write }), 'text', { get: () => text }) as never;
}

describe('an access log', () => {
  it('is what records are made for: nobody else asks, and no event tells', async () => {
    const { facts, log } = setUp();
    expect(isAccessWanted(facts, 'accessEnded', 'http')).toBe(true);
    expect(serviceEventNames).not.toContain('accessEnded');
    await log.close();
    await log.close();
    expect(isAccessWanted(facts, 'accessEnded', 'http')).toBe(false);
  });

  it('tells what it is asked for of a request', () => {
    const target = '/studies/1.2.840.1/rendered?PatientName=DOE';
    const told = (options: Partial<AccessLogOptions>): unknown => {
      const { facts, heard } = setUp(options);
      tellEnded(facts, { record: accessRecord(), target });
      const [record] = heard;
      return { path: record?.path, query: record?.query };
    };
    const query = 'PatientName=DOE';
    expect(told({})).toEqual({ path: '/studies/*/rendered', query: undefined });
    expect(told({ logPath: 'none' })).toEqual({ path: undefined, query: undefined });
    expect(told({ logPath: 'whole' })).toEqual({ path: '/studies/1.2.840.1/rendered', query: undefined });
    expect(told({ logQuery: true })).toEqual({ path: '/studies/*/rendered', query });
  });

  it('tells a path where an absolute target has none', () => {
    const { facts, heard } = setUp({ logQuery: true });
    for (const target of ['', '?a']) tellEnded(facts, { record: accessRecord(), target });
    expect(heard.map(({ path, query }) => [path, query])).toEqual([
      ['/', undefined],
      ['/', 'a'],
    ]);
  });

  it('goes by service and level', () => {
    const { facts, heard } = setUp({ services: ['DICOM'], level: 'warn' });
    for (const [service, ending] of [
      ['DICOM', '--'],
      ['DICOM', 'CD'],
      ['QUERY', 'SD'],
      ['DICOM', 'SD'],
    ] as const) {
      tellEnded(facts, { record: accessRecord({ service, ending }), target: undefined });
    }
    expect(heard.map(({ ending }) => ending)).toEqual(['CD', 'SD']);
  });

  it('samples whole sessions, and no failures', () => {
    const { facts, heard } = setUp({ sampleRatio: 0.25 });
    for (let sessionId = 1; sessionId <= 1_000; sessionId++) {
      for (const exchange of [1, 2]) {
        tellEnded(facts, { record: accessRecord({ sessionId, exchange }), target: undefined });
      }
    }
    expect(heard.length).toBeGreaterThan(490);
    expect(heard.length).toBeLessThan(510);
    expect(new Set(heard.map(({ sessionId }) => sessionId)).size).toBe(heard.length / 2);
    heard.length = 0;
    for (let sessionId = 1; sessionId <= 100; sessionId++) {
      tellEnded(facts, { record: accessRecord({ sessionId, ending: 'SD--' }), target: undefined });
    }
    expect(heard).toHaveLength(100);
  });

  it('survives a function that throws', () => {
    const to = (): never => {
      throw new Error('no');
    };
    const { facts } = setUp({ to });
    const failed: string[] = [];
    facts.on('handlerFailed', ({ event }) => failed.push(event));
    tellEnded(facts, { record: accessRecord(), target: undefined });
    expect(failed).toEqual(['accessEnded']);
  });

  it('writes JSON lines', async () => {
    const to = pieces();
    const { facts, log } = setUp({ to });
    tellEnded(facts, { record: accessRecord({ key: 'address' }), target: '/a' });
    await log.flush();
    expect(JSON.parse(to.text)).toEqual({
      ...JSON.parse(JSON.stringify(accessRecord({ key: 'address' }))),
      time: '2009-02-06T12:14:14.764Z',
      level: 'info',
      path: '/a',
    });
    expect(to.text.endsWith('}\n')).toBe(true);
  });

  it('says that records are dropped, and not for each', async () => {
    const stuck = new Writable({ write: () => undefined });
    const { facts, log, messages, clock } = setUp({ to: stuck, maxBufferedBytes: 4_096 });
    for (let count = 0; count < 1_000; count++) {
      tellEnded(facts, { record: accessRecord(), target: '/a' });
    }
    expect(log.droppedTotal).toBeGreaterThan(980);
    expect(messages).toEqual(['access log: 1 records dropped so far: the reader is too slow']);
    const closing = log.close();
    await clock.advance(2_000);
    await closing;
  });
});

it('says everything that is wrong with its options', () => {
  const wrong = {
    to: 5,
    format: 'xml',
    level: 'debug',
    sampleRatio: 2,
    maxBufferedBytes: 1,
    logQuerry: true,
  };
  try {
    setUp(wrong as never);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError);
    const paths = (error as OptionsError).problems.map(({ path }) => path);
    expect(paths).toEqual([
      'accessLog.to',
      'accessLog.format',
      'accessLog.level',
      'accessLog.sampleRatio',
      'accessLog.maxBufferedBytes',
      'accessLog',
    ]);
  }
});
