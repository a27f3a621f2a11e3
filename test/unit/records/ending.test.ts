import { describe, expect, it } from 'vitest';
import type { CloseReason } from '../../../src/facts/service-events.ts';
import { levelOf } from '../../../src/records/access-record.ts';
import {
  causeOf,
  causeOfRefusal,
  describeEnding,
  endingOf,
  exchangeEndingOf,
  type EndPhase,
  type Way,
} from '../../../src/records/ending.ts';
import { accessRecord } from '../../support/access-records.ts';

function wayOf(changes: Partial<Way>): Way {
  return { stage: 'connect', waitedMs: 0, failure: undefined, failureSide: undefined, ...changes };
}

describe('the letters of an ending', () => {
  it('of an exchange has those of its cookies, each time again', () => {
    for (const cookies of ['VN', '--', 'VN']) {
      expect(exchangeEndingOf('none', 'data', cookies)).toBe(`--${cookies}`);
      expect(exchangeEndingOf('server', 'response', cookies)).toBe(`SH${cookies}`);
    }
  });

  it.each<[CloseReason, EndPhase, string]>([
    ['finished', 'data', '--'],
    ['client-reset', 'data', 'CD'],
    ['client-reset', 'connect', 'CC'],
    ['client-reset', 'queue', 'CQ'],
    ['client-reset', 'request', 'CR'],
    ['server-reset', 'response', 'SH'],
    ['idle', 'data', 'cD'],
    ['protocol', 'request', 'PR'],
    ['server-down', 'data', 'DD'],
    ['drain-deadline', 'data', 'KD'],
    ['stopped', 'queue', 'KQ'],
    ['evicted', 'data', 'RD'],
    ['internal', 'request', 'IR'],
  ])('%s in phase %s: %s', (reason, phase, letters) => {
    expect(endingOf(causeOf(reason, 'clientTimeout'), phase)).toBe(letters);
  });

  it.each<[string, Partial<Way>, string]>([
    ['no server is available', {}, 'SC'],
    ['all refuse', { failure: 'SLUICE_ERR_CONNECT_REFUSED', failureSide: 'server' }, 'SC'],
    ['the last one does not answer', { failure: 'SLUICE_ERR_CONNECT_TIMEOUT', failureSide: 'server' }, 'sC'],
    ['no port is left here', { failure: 'SLUICE_ERR_CONNECT', failureSide: 'local' }, 'RC'],
    ['the queue is full', { stage: 'queue' }, 'SQ'],
    ['it waited in vain', { stage: 'queue', waitedMs: 500 }, 'sQ'],
  ])('%s: %s', (_, changes, letters) => {
    const way = wayOf(changes);
    expect(endingOf(causeOfRefusal(way), way.stage)).toBe(letters);
  });
});

describe('the level of a record', () => {
  it.each([
    [{ ending: '--' }, 'info'],
    [{ ending: 'LR--' }, 'info'],
    [{ status: 404 }, 'info'],
    [{ tries: 1 }, 'warn'],
    [{ ending: 'CD' }, 'warn'],
    [{ ending: 'cD' }, 'warn'],
    [{ ending: 'PR--' }, 'warn'],
    [{ ending: 'KD' }, 'warn'],
    [{ status: 500 }, 'error'],
    [{ ending: 'SD' }, 'error'],
    [{ ending: 'sH--' }, 'error'],
    [{ ending: 'DD' }, 'error'],
    [{ ending: 'RC' }, 'error'],
    [{ ending: 'ID' }, 'error'],
  ])('%o: %s', (changes, level) => {
    expect(levelOf(accessRecord(changes))).toBe(level);
  });
});

it.each([
  ['--', 'in order'],
  ['----', 'in order'],
  ['sQ', 'the server was silent for too long, in the queue'],
  ['PR--', 'it was not valid, before its request'],
  ['KD', 'cut by an order, while data moved'],
])('%s means: %s', (ending, words) => {
  expect(describeEnding(ending)).toBe(words);
});
