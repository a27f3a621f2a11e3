import { haproxyTime, syslogTime } from '../runtime/log-time.ts';
import type { AccessRecord } from './access-record.ts';
import { plainCharacters, type TextBlock } from '../base/text-block.ts';
import type { LineFormat } from './line-format.ts';
import { TextPiece } from '../base/text-piece.ts';

/** Who writes, for the header of a line. */
export interface Origin {
  /** This machine's name. */
  readonly host: string;
  readonly processId: number;
}

/** What would end a field, and what a terminal might obey. */
const unusual = /[^ !$-~]/u;
const plainInRequest = plainCharacters(unusual);
/** Names, and addresses: the configuration and the system give them. */
const plainInName = plainCharacters(/[^ -~]/u);

const [space, slash, newline, openBracket] = [0x20, 0x2f, 0x0a, 0x5b];
const noServer = new TextPiece('<NOSRV>');
const noNumber = new TextPiece('-1');
const noQueues = new TextPiece(' 0/0');
const noCaptures = new TextPiece(' - - ');
const noRequest = new TextPiece('<BADREQ>');
const version = new TextPiece(' HTTP/1.1');
const [beforeRequest, afterRequest] = [new TextPiece(' "'), new TextPiece('"')];
const [beforeTime, afterTime] = [new TextPiece(' ['), new TextPiece('] ')];

/**
 * Records as HAProxy logs them: `option httplog` for an exchange, `option tcplog` for a session, and for a flow as well
 * (HAProxy 2.6, configuration manual, sections 8.2.2 and 8.2.3). The header is the one that a syslog daemon writes, so
 * that `halog` finds its fields.
 */
export class HaproxyLines implements LineFormat {
  readonly #origin: Origin;
  /** Many lines are of the same second. */
  #second = NaN;
  #header = new TextPiece('');
  #beganSecond = NaN;
  #began = new TextPiece('');

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  write(line: TextBlock, record: AccessRecord, path: string | undefined, query: string | undefined): void {
    this.#writeHeader(line, record.atMs);
    writeClient(line, record.client);
    line.piece(beforeTime);
    this.#writeBegin(line, record.atMs - record.totalMs);
    line.piece(afterTime);
    name(line, record.service);
    line.byte(space);
    name(line, record.service);
    line.byte(slash);
    if (record.server === undefined) line.piece(noServer);
    else name(line, record.server);
    line.byte(space);
    if (record.protocol === 'http') writeExchange(line, record, path, query);
    else writeSession(line, record);
    line.byte(newline);
  }

  #writeHeader(line: TextBlock, atMs: number): void {
    const second = Math.floor(Math.floor(atMs) / 1_000);
    if (second !== this.#second) {
      const { host, processId } = this.#origin;
      this.#second = second;
      this.#header = new TextPiece(`${syslogTime(atMs)} ${host} sluice[${processId}]: `);
    }
    line.piece(this.#header);
  }

  #writeBegin(line: TextBlock, exactMs: number): void {
    // First: the rest of a fraction may round into the next second.
    const beganMs = Math.floor(exactMs);
    const second = Math.floor(beganMs / 1_000);
    if (second !== this.#beganSecond) {
      this.#beganSecond = second;
      this.#began = new TextPiece(haproxyTime(second * 1_000).slice(0, -'000'.length));
    }
    line.piece(this.#began);
    line.threeDigits(beganMs - second * 1_000);
  }
}

function writeSession(line: TextBlock, record: AccessRecord): void {
  phase(line, record.waitMs, slash);
  phase(line, record.connectMs, slash);
  phase(line, record.totalMs, space);
  line.number(record.bytesFromServer);
  line.byte(space);
  name(line, record.ending);
  line.byte(space);
  writeCounts(line, record);
}

function writeExchange(
  line: TextBlock,
  record: AccessRecord,
  path: string | undefined,
  query: string | undefined,
): void {
  const { ending, status } = record;
  const isUnread = ending.charAt(1) === 'R' && !ending.startsWith('L');
  phase(line, isUnread ? undefined : 0, slash);
  phase(line, isUnread ? undefined : record.waitMs, slash);
  phase(line, record.connectMs, slash);
  phase(line, record.firstByteMs, slash);
  phase(line, record.totalMs, space);
  phase(line, status === 0 ? undefined : status, space);
  line.number(record.bytesFromServer);
  line.piece(noCaptures);
  name(line, ending);
  line.byte(space);
  writeCounts(line, record);
  line.piece(beforeRequest);
  writeRequest(line, record.method, path, query);
  line.piece(afterRequest);
}

/** A whole number; -1 for what was not reached. */
function phase(line: TextBlock, value: number | undefined, separator: number): void {
  if (value === undefined) line.piece(noNumber);
  else line.number(Math.round(value));
  line.byte(separator);
}

/** Connections of process, service and server, and tries; `+` says that the last one was on another server. */
function writeCounts(line: TextBlock, { sessions, serverSessions, tries }: AccessRecord): void {
  for (let level = 0; level < 3; level++) {
    line.number(sessions);
    line.byte(slash);
  }
  line.number(serverSessions);
  line.byte(slash);
  if (tries > 0) line.byte(0x2b);
  line.number(tries);
  line.piece(noQueues);
}

function writeRequest(line: TextBlock, method = '', path = '-', query?: string): void {
  if (method === '') {
    line.piece(noRequest);
    return;
  }
  asked(line, method);
  line.byte(space);
  asked(line, path);
  if (query !== undefined) {
    line.byte(0x3f);
    asked(line, query);
  }
  line.piece(version);
}

/** What a client wrote, escaped as HAProxy does: `#22`. */
function asked(line: TextBlock, text: string): void {
  if (!line.plain(text, plainInRequest)) line.text(escaped(text));
}

function escaped(text: string): string {
  return text.replaceAll(new RegExp(unusual, 'gu'), (sign) => {
    return `#${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/** HAProxy writes IPv6 addresses without brackets. */
function writeClient(line: TextBlock, client: string): void {
  name(line, client.charCodeAt(0) === openBracket ? client.replace(/^\[(.*)\]/u, '$1') : client);
}

function name(line: TextBlock, text: string): void {
  if (!line.plain(text, plainInName)) line.text(text);
}
