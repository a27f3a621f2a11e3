import { isoTime } from '../runtime/log-time.ts';
import { levelOf, type AccessRecord } from './access-record.ts';

/** A record as one JSON object. What is undefined is left out. */
export function jsonLine(record: AccessRecord): string {
  return JSON.stringify({ time: isoTime(record.atMs), level: levelOf(record), ...record });
}
