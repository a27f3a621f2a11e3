import { hostname } from 'node:os';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { ServiceEvents } from '../facts/service-events.ts';
import { LimitedLog } from '../runtime/limited-log.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { withSafeLog } from '../runtime/safe-log.ts';
import { copyRecord } from './access-draft.ts';
import { dataPathFacts, type AccessEnded } from './access-facts.ts';
import {
  resolveAccessLogOptions,
  type AccessLogOptions,
  type ResolvedAccessLogOptions,
} from './access-log-options.ts';
import { accessLevels, levelOf, type AccessRecord } from './access-record.ts';
import { AccessTarget } from './access-target.ts';
import { HaproxyLines } from './haproxy-line.ts';
import { JsonLines } from './json-line.ts';
import { lineRoom, type LineFormat } from './line-format.ts';
import { FileSink, standardOutput, streamSink, type LineSink } from './line-sink.ts';
import { LineWriter } from './line-writer.ts';

/** Multiples of it fall evenly between whole numbers, so any run of session ids gives the share that is asked for. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;

/**
 * Writes a record of each session, exchange and flow of a listener or a balancer, from when it is made until it is closed.
 * `accessLog()` of those makes it. While there is none, records are not even made.
 */
export class AccessLog {
  readonly #facts: FactEmitter<ServiceEvents>;
  readonly #options: ResolvedAccessLogOptions;
  readonly #lines: LineWriter | undefined;
  readonly #take: (record: AccessRecord) => void;
  readonly #target: AccessTarget;
  readonly #lowestLevel: number;
  /** An own one for each log, so that `off` finds it. */
  readonly #onEnded = (ended: AccessEnded): void => {
    this.#hear(ended);
  };

  /**
   * @internal
   * @throws OptionsError with every problem
   */
  constructor(facts: FactEmitter<ServiceEvents>, runtime: Runtime, options: AccessLogOptions) {
    this.#facts = facts;
    this.#options = resolveAccessLogOptions(options);
    const { to, format, level, logPath, logQuery } = this.#options;
    this.#target = new AccessTarget(logPath, logQuery);
    this.#lowestLevel = accessLevels.indexOf(level);
    if (typeof to === 'function') {
      this.#take = (record) => {
        to(copyRecord(record, this.#target.path, this.#target.query));
      };
    } else {
      const log = new LimitedLog(withSafeLog(runtime));
      const lines = new LineWriter(sinkOf(to), this.#options, runtime.clock, (reason) => {
        log.tell(reason, 'warn', `access log: ${lines.droppedTotal} records dropped so far: ${reason}`);
      });
      this.#lines = lines;
      this.#take = lineMaker(lines, formatOf(format), this.#target);
    }
    dataPathFacts(facts).on('accessEnded', this.#onEnded);
  }

  /** Records that were not written: their reader is too slow or gone, or the disk is full. */
  get droppedTotal(): number {
    return this.#lines?.droppedTotal ?? 0;
  }

  /** Resolves when what was told so far is written, or dropped. */
  async flush(): Promise<void> {
    await this.#lines?.flush();
  }

  /**
   * Goes on in a new file of the same path, after the old one was renamed; no record is lost or written twice. Also opens
   * a file that was not written to yet.
   *
   * @throws Error of the system where it cannot be opened; the old file stays in use then
   */
  async reopen(): Promise<void> {
    await this.#lines?.reopen();
  }

  /** Hears no more, and writes what it has; a reader that takes nothing is given up after 2 s. Idempotent. */
  async close(): Promise<void> {
    dataPathFacts(this.#facts).off('accessEnded', this.#onEnded);
    await this.#lines?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Hot path. */
  #hear({ record, target }: AccessEnded): void {
    if (!this.#isToldOf(record)) return;
    this.#target.set(target);
    this.#take(record);
  }

  #isToldOf(record: AccessRecord): boolean {
    const { services, sampleRatio } = this.#options;
    if (services?.includes(record.service) === false) return false;
    const level = accessLevels.indexOf(levelOf(record));
    if (level < this.#lowestLevel) return false;
    return level > 0 || sampleRatio === 1 || (record.sessionId * goldenRatio) % 1 < sampleRatio;
  }
}

function lineMaker(
  lines: LineWriter,
  format: LineFormat,
  target: AccessTarget,
): (record: AccessRecord) => void {
  return (record) => {
    const { path, query } = target;
    format.write(lines.begin(lineRoom(record, path, query)), record, path, query);
    lines.added();
  };
}

function formatOf(format: ResolvedAccessLogOptions['format']): LineFormat {
  if (format === 'json') return new JsonLines();
  return new HaproxyLines({ host: hostname(), processId: process.pid });
}

function sinkOf(to: string | NodeJS.WritableStream): LineSink {
  if (typeof to !== 'string') return streamSink(to);
  return to === '-' ? standardOutput : new FileSink(to);
}
