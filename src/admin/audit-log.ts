import { appendFile } from 'node:fs/promises';
import { isoTime } from '../runtime/log-time.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** One thing that somebody did, or tried to do. */
export interface AuditEntry {
  /** `halt`, `users/set`, `session`: a route without its version. */
  readonly order: string;
  /** Undefined where nobody has that name: people type passwords where their name belongs. */
  readonly user: string | undefined;
  /** How the caller proved who it is. */
  readonly via: 'password' | 'log-in' | 'token';
  /** The IP address that it came from. */
  readonly from: string;
  /** `begun` of an order that takes its time, which is told again at its end. */
  readonly outcome: 'begun' | 'done' | 'refused';
  /** Why it was refused: the code of the error. */
  readonly code?: string;
  /** What it was about: names, addresses and numbers, and nothing secret. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** What of the configuration differs after it. */
  readonly changes?: readonly string[];
}

/** What is told of an order that was refused. */
export function refusedBy({ code }: { readonly code: string }): Pick<AuditEntry, 'outcome' | 'code'> {
  return { outcome: 'refused', code };
}

/** Who ordered what, from where, and what differed: one line of JSON each. The file may be moved away at any time. */
export class AuditLog {
  readonly #path: string;
  readonly #runtime: Runtime;
  /** Lines are written one after the other. */
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, runtime: Runtime) {
    this.#path = path;
    this.#runtime = runtime;
  }

  /** Resolves once all lines are written that were told. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** Resolves once the line is written, or the log of the program has that it was not. */
  tell(entry: AuditEntry): Promise<void> {
    const { clock, log } = this.#runtime;
    const line = `${JSON.stringify({ at: isoTime(clock.wallMs()), ...entry })}\n`;
    this.#writing = this.#writing
      .then(() => appendFile(this.#path, line, { mode: 0o600 }))
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        log('error', `The audit log ${this.#path} cannot be written: ${reason}`);
      });
    return this.#writing;
  }
}
