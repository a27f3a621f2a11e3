import type { AccessLog, AccessLogOptions, AccessRecord } from '../../src/index.ts';
import { TextBlock } from '../../src/base/text-block.ts';
import { lineRoom, type LineFormat } from '../../src/records/line-format.ts';
import { Condition } from '../contract/engine/condition.ts';

interface Recorded {
  accessLog(options: AccessLogOptions): AccessLog;
}

/** The access records of a listener or a balancer since this was made. */
export class AccessRecords {
  readonly all: AccessRecord[] = [];
  readonly log: AccessLog;
  readonly #condition = new Condition();

  constructor(source: Recorded, options: Omit<AccessLogOptions, 'to'> = {}) {
    const to = (record: AccessRecord): void => {
      this.all.push(record);
      this.#condition.changed();
    };
    this.log = source.accessLog({ to, ...options });
  }

  get endings(): readonly string[] {
    return this.all.map(({ ending }) => ending);
  }

  /** Until there are so many. @returns the last of them */
  async count(count: number): Promise<AccessRecord> {
    await this.#condition.until(() => this.all.length >= count);
    return this.all[count - 1]!;
  }

  /** Until the first. */
  first(): Promise<AccessRecord> {
    return this.count(1);
  }
}

const plain: AccessRecord = {
  atMs: Date.UTC(2009, 1, 6, 12, 14, 14, 764),
  service: 'Web',
  protocol: 'http',
  sessionId: 7,
  exchange: 1,
  client: '10.0.1.2:33317',
  server: 'PACS1',
  pick: 'balance',
  key: undefined,
  tries: 0,
  waitMs: 0,
  connectMs: 30,
  firstByteMs: 69,
  totalMs: 109,
  bytesFromClient: 120,
  bytesFromServer: 2750,
  method: 'GET',
  path: undefined,
  query: undefined,
  status: 200,
  traceparent: undefined,
  traceId: undefined,
  spanId: undefined,
  ending: '----',
  sessions: 1,
  serverSessions: 1,
};

/** An exchange that went well, with some things otherwise. */
export function accessRecord(changes: Partial<AccessRecord> = {}): AccessRecord {
  return { ...plain, ...changes };
}

/** The line of a record, without its end. */
export function lineOf(format: LineFormat, record: AccessRecord): string {
  const { path, query } = record;
  const room = lineRoom(record, path, query);
  const block = new TextBlock(room + 3);
  format.write(block, record, path, query);
  if (block.end > room) throw new Error(`a line of ${block.end} bytes, where ${room} were said to be enough`);
  const text = block.bytes.toString('utf8', 0, block.end);
  if (!text.endsWith('\n')) throw new Error('a line without an end');
  return text.slice(0, -1);
}
