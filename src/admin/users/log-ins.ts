import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../runtime/runtime.ts';
import type { Role } from '../roles.ts';

/** What proves a log-in, as bytes of randomness. */
const idBytes = 32;
const maxLogIns = 1000;
const maxOfOneUser = 16;

/** How long a log-in lasts. */
export interface LogInLimits {
  /** Without a call. */
  readonly logInIdleMs: number;
  /** At most. */
  readonly logInMaxMs: number;
}

/** One user in one browser, from the password to the end. */
export interface LogIn {
  /** By what it is kept. */
  readonly key: string;
  readonly user: string;
  /** The role where somebody else than the users file knows the user. */
  readonly role: Role | undefined;
  /** What a page has to send with each order. */
  readonly csrf: string;
  readonly beganMs: number;
  lastUsedMs: number;
}

/** All who are logged in. Only hashes of what proves it are kept. They end with the process. */
export class LogIns {
  readonly #clock: Clock;
  readonly #limits: LogInLimits;
  /** The oldest first. */
  readonly #logIns = new Map<string, LogIn>();

  constructor(clock: Clock, limits: LogInLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** @returns what the browser keeps, and what is known of it */
  begin(user: string, role?: Role): { readonly id: string; readonly logIn: LogIn } {
    this.#makeRoom(user);
    const id = randomBytes(idBytes).toString('base64url');
    const nowMs = this.#clock.nowMs();
    const csrf = randomBytes(idBytes).toString('base64url');
    const logIn: LogIn = { key: keyOf(id), user, role, csrf, beganMs: nowMs, lastUsedMs: nowMs };
    this.#logIns.set(logIn.key, logIn);
    return { id, logIn };
  }

  /** @param id as a browser sent it */
  find(id: string): LogIn | undefined {
    const logIn = this.#logIns.get(keyOf(id));
    return logIn !== undefined && this.isAlive(logIn) ? logIn : undefined;
  }

  /** Is it neither ended nor expired? */
  isAlive(logIn: LogIn): boolean {
    if (this.leftMs(logIn) <= 0) this.end(logIn);
    return this.#logIns.has(logIn.key);
  }

  /** How long it lasts without a further call, milliseconds. */
  leftMs({ beganMs, lastUsedMs }: LogIn): number {
    const { logInIdleMs, logInMaxMs } = this.#limits;
    return Math.min(lastUsedMs + logInIdleMs, beganMs + logInMaxMs) - this.#clock.nowMs();
  }

  use(logIn: LogIn): void {
    logIn.lastUsedMs = this.#clock.nowMs();
  }

  /** Idempotent. */
  end(logIn: LogIn): void {
    this.#logIns.delete(logIn.key);
  }

  endAllOf(user: string): void {
    for (const logIn of this.#logIns.values()) if (logIn.user === user) this.end(logIn);
  }

  /** Those that have expired go first, and then the oldest: of the user, and of all. */
  #makeRoom(user: string): void {
    for (const logIn of this.#logIns.values()) if (this.leftMs(logIn) <= 0) this.end(logIn);
    const all = [...this.#logIns.values()];
    const own = all.filter((logIn) => logIn.user === user);
    const [oldest] = own.length >= maxOfOneUser ? own : all.length >= maxLogIns ? all : [];
    if (oldest !== undefined) this.end(oldest);
  }
}

/** A lookup by a hash tells nothing of what is kept by the time that it takes. */
function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
