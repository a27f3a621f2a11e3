import type { ProbeReport } from '../../src/model/server.ts';
import type { TextKey } from '../text/english.ts';
import { message, type Message } from '../text/message.ts';

/** Codes of probes that have words of their own; of others, the probe's own sentence is told. */
const wordsByCode: Readonly<Record<string, TextKey>> = {
  refused: 'refuses',
  timeout: 'noAnswer',
  closed: 'closesEarly',
  'body-mismatch': 'answersOther',
  unreachable: 'unreachable',
  reset: 'resets',
};

/** Why a server is down, so that it follows the server's name. */
export function probeMessage(probe: ProbeReport | undefined): Message {
  if (probe === undefined) return message('noAnswer');
  const words = Object.hasOwn(wordsByCode, probe.code) ? wordsByCode[probe.code] : undefined;
  if (words !== undefined) return message(words);
  const status = /^status-(\d{3})$/u.exec(probe.code)?.[1];
  return status === undefined
    ? message('reasonAsTold', { reason: probe.reason })
    : message('answersWith', { status });
}
