import type { Runtime } from '../../runtime/runtime.ts';
import { refusedBy, type AuditLog } from '../audit-log.ts';
import { tooMany, wrongLogIn } from '../refusal.ts';
import { isRole, type Role } from '../roles.ts';
import type { AdminCaller } from './caller.ts';
import { GuessLimits } from './guess-limits.ts';
import type { LogIn, LogIns } from './log-ins.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { userName } from './user-file.ts';
import type { UserStore } from './user-store.ts';

/** Who wants to log in. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  /** The IP address that the user calls from. */
  readonly address: string;
}

/**
 * Asks somebody else whether a user and a password belong together, such as a directory.
 *
 * @returns the user's role; undefined where they do not, or nobody has that name
 */
export type Authenticate = (credentials: Credentials) => Promise<Role | undefined> | Role | undefined;

/** That a user and a password belong together. */
interface Proof {
  /** Where it is not for the users file to say. */
  readonly role?: Role;
}

/** What a gatekeeper goes by. */
export interface GatekeeperParts {
  readonly store: UserStore;
  readonly hasher: PasswordHasher;
  readonly logIns: LogIns;
  readonly audit: AuditLog;
  readonly runtime: Runtime;
  readonly authenticate: Authenticate | undefined;
}

/** Knows who calls, by a password, a log-in or a token. */
export class Gatekeeper {
  readonly #parts: GatekeeperParts;
  readonly #guesses: GuessLimits;

  constructor(parts: GatekeeperParts) {
    this.#parts = parts;
    this.#guesses = new GuessLimits(parts.runtime.clock);
  }

  /**
   * Users of the file come first; a user that is not there is looked for elsewhere, where somebody said how.
   *
   * @throws Refusal, the same for every wrong password and user; another one while guesses are slowed down
   */
  async logIn(credentials: Credentials): Promise<{ readonly id: string; readonly logIn: LogIn }> {
    const { logIns, store, audit } = this.#parts;
    const { user, address } = credentials;
    const proved = await this.#guess(credentials, () => this.#proved(credentials));
    const isKnown = proved !== undefined || store.user(user) !== undefined;
    const entry = {
      order: 'session',
      user: isKnown ? user : undefined,
      via: 'password',
      from: address,
    } as const;
    if (proved === undefined) {
      const refused = wrongLogIn();
      const nextGuessInMs = Math.ceil(this.#guesses.waitMs({ user, address }));
      await audit.tell({ ...entry, ...refusedBy(refused), input: { nextGuessInMs } });
      throw refused;
    }
    const begun = logIns.begin(user, proved.role);
    await audit.tell({ ...entry, outcome: 'done' });
    return begun;
  }

  /** Is it the password of a user of the file? Guesses are counted as those of a log-in. @throws Refusal */
  async checkPassword(credentials: Credentials): Promise<void> {
    const proved = await this.#guess(credentials, () => this.#provedByFile(credentials));
    if (proved === undefined) throw wrongLogIn();
  }

  /** @param id as a browser sent it. @returns undefined where it proves nothing, or nothing any more */
  callerOfLogIn(id: string): AdminCaller | undefined {
    const logIn = this.#parts.logIns.find(id);
    return logIn === undefined ? undefined : this.#callerOf(logIn);
  }

  /** As `callerOfLogIn`. @param text as a script sent it */
  callerOfToken(text: string): AdminCaller | undefined {
    const { store, runtime } = this.#parts;
    const token = store.token(text);
    if (token === undefined || token.expiresAtMs <= runtime.clock.wallMs()) return undefined;
    const by = `token.${token.name}`;
    return { user: by, role: token.role, via: 'token', by, mustChangePassword: false, logIn: undefined };
  }

  #callerOf(logIn: LogIn): AdminCaller | undefined {
    const { user } = logIn;
    const known = this.#parts.store.user(user);
    const role = logIn.role ?? known?.role;
    if (role === undefined) return undefined;
    const mustChangePassword = logIn.role === undefined && known?.mustChangePassword === true;
    return { user, role, via: 'log-in', by: user, mustChangePassword, logIn };
  }

  /** Lets somebody guess, as often as that is allowed. @throws Refusal */
  async #guess(
    { user, address }: Credentials,
    prove: () => Promise<Proof | undefined>,
  ): Promise<Proof | undefined> {
    const guesser = { user, address };
    const waitMs = this.#guesses.begin(guesser);
    if (waitMs > 0) throw tooMany('Too many wrong passwords; wait a while', waitMs);
    try {
      const proved = await prove();
      if (proved !== undefined) this.#guesses.succeed(guesser);
      return proved;
    } catch (error) {
      this.#guesses.undo(guesser);
      throw error;
    }
  }

  async #proved(credentials: Credentials): Promise<Proof | undefined> {
    const byFile = await this.#provedByFile(credentials);
    if (byFile !== undefined) return byFile;
    const { user } = credentials;
    const { authenticate, store, runtime } = this.#parts;
    const isElsewhere = store.user(user) === undefined && userName.pattern.test(user);
    if (authenticate === undefined || !isElsewhere) return undefined;
    try {
      const role = await authenticate(credentials);
      return isRole(role) ? { role } : undefined;
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      runtime.log('error', `A user could not be looked up: authenticate() threw ${name}`);
      return undefined;
    }
  }

  async #provedByFile({ user, password }: Credentials): Promise<Proof | undefined> {
    const { store, hasher } = this.#parts;
    const hash = store.user(user)?.password;
    const isRight = await hasher.isRight(password, hash);
    // It may have been changed, or the user removed, meanwhile.
    return isRight && hash === store.user(user)?.password ? {} : undefined;
  }
}
