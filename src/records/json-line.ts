import { isoTime } from '../runtime/log-time.ts';
import { levelOf, type AccessLevel, type AccessRecord } from './access-record.ts';
import { plainCharacters, type TextBlock } from '../base/text-block.ts';
import type { LineFormat } from './line-format.ts';
import { PieceTable } from './piece-table.ts';
import { TextPiece } from '../base/text-piece.ts';

/** What a text of JSON may not have as it is; other characters are rare, and get the same care. */
const characters = plainCharacters(/[^ !#-[\]-~]/u);
const quote = 34;

const levels: Readonly<Record<AccessLevel, TextPiece>> = {
  info: new TextPiece('Z","level":"info","atMs":'),
  warn: new TextPiece('Z","level":"warn","atMs":'),
  error: new TextPiece('Z","level":"error","atMs":'),
};
const end = new TextPiece('}\n');

const texts = {
  client: textName('client'),
  server: textName('server'),
  pick: textName('pick'),
  key: textName('key'),
  method: textName('method'),
  path: textName('path'),
  query: textName('query'),
  ending: textName('ending'),
  traceparent: textName('traceparent'),
  traceId: textName('traceId'),
  spanId: textName('spanId'),
} as const;

const numbers = {
  exchange: numberName('exchange'),
  tries: numberName('tries'),
  waitMs: numberName('waitMs'),
  connectMs: numberName('connectMs'),
  firstByteMs: numberName('firstByteMs'),
  totalMs: numberName('totalMs'),
  bytesFromClient: numberName('bytesFromClient'),
  bytesFromServer: numberName('bytesFromServer'),
  status: numberName('status'),
  sessions: numberName('sessions'),
  serverSessions: numberName('serverSessions'),
} as const;

function textName(name: keyof AccessRecord): TextPiece {
  return new TextPiece(`,"${name}":"`);
}

function numberName(name: keyof AccessRecord): TextPiece {
  return new TextPiece(`,"${name}":`);
}

/** Records as JSON objects, which begin with what people look for. What is undefined is left out. */
export class JsonLines implements LineFormat {
  /** Many lines are of the same second. */
  #second = NaN;
  #time = new TextPiece('');
  #atSecond = new TextPiece('');
  readonly #beginnings = new PieceTable((service, protocol) => {
    return `,"service":${JSON.stringify(service)},"protocol":"${protocol}","sessionId":`;
  });
  readonly #straightWays = new PieceTable((server, pick, key) => {
    const known = key === '' ? '' : `,"key":"${key}"`;
    return `,"server":${JSON.stringify(server)},"pick":${JSON.stringify(pick)}${known},"tries":0,"waitMs":0,"connectMs":0`;
  });

  write(line: TextBlock, record: AccessRecord, path: string | undefined, query: string | undefined): void {
    this.#writeTime(line, record);
    line.piece(this.#beginnings.get(record.service, record.protocol));
    line.number(record.sessionId);
    number(line, numbers.exchange, record.exchange);
    text(line, texts.client, record.client);
    this.#writeWay(line, record);
    number(line, numbers.firstByteMs, record.firstByteMs);
    number(line, numbers.totalMs, record.totalMs);
    number(line, numbers.bytesFromClient, record.bytesFromClient);
    number(line, numbers.bytesFromServer, record.bytesFromServer);
    text(line, texts.method, record.method);
    text(line, texts.path, path);
    text(line, texts.query, query);
    number(line, numbers.status, record.status);
    text(line, texts.ending, record.ending);
    number(line, numbers.sessions, record.sessions);
    number(line, numbers.serverSessions, record.serverSessions);
    text(line, texts.traceparent, record.traceparent);
    text(line, texts.traceId, record.traceId);
    text(line, texts.spanId, record.spanId);
    line.piece(end);
  }

  #writeTime(line: TextBlock, record: AccessRecord): void {
    const atMs = Math.floor(record.atMs);
    const second = Math.floor(atMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#time = new TextPiece(`{"time":"${isoTime(second * 1_000).slice(0, -'000Z'.length)}`);
      this.#atSecond = new TextPiece(String(second));
    }
    const ms = atMs - second * 1_000;
    line.piece(this.#time);
    line.threeDigits(ms);
    line.piece(levels[levelOf(record)]);
    if (second > 0) {
      line.piece(this.#atSecond);
      line.threeDigits(ms);
    } else {
      line.number(atMs);
    }
  }

  /** How it came to its server: most requests at once, over a connection that stood. */
  #writeWay(line: TextBlock, record: AccessRecord): void {
    const { server, pick, key, tries, waitMs, connectMs } = record;
    if (server !== undefined && tries === 0 && waitMs === 0 && connectMs === 0) {
      line.piece(this.#straightWays.get(server, pick, key));
      return;
    }
    text(line, texts.server, server);
    text(line, texts.pick, pick);
    text(line, texts.key, key);
    number(line, numbers.tries, tries);
    number(line, numbers.waitMs, waitMs);
    number(line, numbers.connectMs, connectMs);
  }
}

function text(line: TextBlock, name: TextPiece, value: string | undefined): void {
  if (value === undefined) return;
  line.piece(name);
  if (!line.plain(value, characters)) line.text(JSON.stringify(value).slice(1, -1));
  line.byte(quote);
}

function number(line: TextBlock, name: TextPiece, value: number | undefined): void {
  if (value === undefined) return;
  line.piece(name);
  line.number(value);
}
