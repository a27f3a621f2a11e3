import { IpAddress } from '../model/address.ts';
import type { Client, ClientFact } from '../model/client.ts';
import type { Now, Persistence, PersistenceStrategy } from '../persistence/persistence.ts';

/** What no strategy may take for its own, or stumble over. */
const strangeCookies = [
  '',
  ' ',
  '0',
  'undefined',
  'INF_PACS1',
  '%00',
  'é',
  ';',
  '"',
  'z'.repeat(26),
  'x'.repeat(8192),
];

const startMs = 1_000_000;
const yearMs = 31_536_000_000;

/** What the clients of a check are like. */
export interface CheckPersistenceOptions {
  /**
   * The value of an application's cookie, for strategies that expect a certain form. The two clients of a check, 0 and
   * 1, must not have the same. @default 32 hexadecimal digits, as session identifiers are
   */
  readonly cookie?: (name: string, client: 0 | 1) => string;
  /** The same for a header. @default 32 hexadecimal digits */
  readonly header?: (name: string, client: 0 | 1) => string;
  /** The same for the target of the request. @default a path with 32 hexadecimal digits in it */
  readonly target?: (client: 0 | 1) => string;
}

/**
 * Checks an own persistence against what selection relies on: that each of its strategies remembers what it learned,
 * forgets what it must, keeps clients apart, and leaves alone what it does not need. For strategies that learn, not
 * for one that follows a fixed list.
 *
 * The clients of the check have what a strategy needs: headers, a target, and cookies like those of an application.
 * The strategy sets its own cookie. The clients have nothing else, so an unstated need shows.
 *
 * @param make makes a new persistence; called once for each rule
 * @throws Error that names the strategy and the rule that it breaks
 */
export function checkPersistence(make: () => Persistence, options: CheckPersistenceOptions = {}): void {
  const say = { cookie: sessionOf, header: sessionOf, target: targetOf, ...options };
  const { name, strategies } = make();
  for (const [index, { reason }] of strategies.entries()) {
    for (const [rule, holds] of Object.entries(rules)) {
      const strategy = make().strategies[index];
      if (strategy === undefined) throw new Error(`${name}: does not always have the same strategies`);
      strategy.register?.(['a', 'b']);
      if (!holds(new Subject(strategy, say)))
        throw new Error(`${name}, strategy '${reason}', breaks the rule: ${rule}`);
    }
  }
}

const rules: Readonly<Record<string, (subject: Subject) => boolean>> = {
  'remembers no client at first': (subject) => subject.find() === undefined,

  'remembers the server that it learned': (subject) => {
    subject.learn('a');
    return subject.find() === 'a' && subject.find() === 'a';
  },

  'remembers a server that register never named': (subject) => {
    subject.learn('late');
    return subject.find() === 'late';
  },

  'remembers the server that it learned last': (subject) => {
    subject.learn('a');
    subject.learn('b');
    return subject.find() === 'b';
  },

  'keeps clients apart, although data paths reuse client objects': (subject) => {
    subject.learn('a');
    subject.become(1);
    if (subject.find() !== undefined) return false;
    subject.learn('b');
    subject.become(0);
    return subject.find() === 'a';
  },

  'keeps an entry when told to forget another server': (subject) => {
    subject.learn('a');
    subject.forget('b');
    return subject.find() === 'a';
  },

  'forgets a reservation that it made': (subject) => {
    if (subject.isInClient) return true;
    subject.learn('a');
    subject.forget('a');
    return subject.find() === undefined;
  },

  'renews only the entry that names the server': (subject) => {
    subject.refresh('a');
    if (subject.isInClient || subject.find() !== undefined) return subject.isInClient;
    subject.learn('a');
    subject.refresh('b');
    return subject.find() === 'a';
  },

  'never returns an entry again after it has expired': (subject) => {
    subject.learn('a');
    let isForgotten = false;
    for (let ageMs = 1; ageMs <= yearMs; ageMs *= 2) {
      subject.passTo(startMs + ageMs);
      if (subject.find() === undefined) isForgotten = true;
      else if (isForgotten) return false;
    }
    return true;
  },

  'reads only the facts in its needs': (subject) => {
    subject.learn('a');
    subject.find();
    subject.forget('a');
    return !subject.isCurious;
  },

  'ignores cookies that it did not set': (subject) =>
    strangeCookies.every((value) => {
      subject.holdEverywhere(value);
      return subject.find() === undefined;
    }),

  'sets a cookie if there is none or a wrong one, and no cookie if it is right': (subject) => {
    if (!subject.isInClient) return true;
    const first = subject.setCookie('a');
    if (first === undefined || /[\r\n]/.test(first) || subject.setCookie('a') !== undefined) return false;
    const second = subject.setCookie('b');
    return second !== undefined && subject.setCookie('b') === undefined;
  },
};

/** Like an application's session identifier: another one for each client, in all its digits. */
function sessionOf(_name: string, client: 0 | 1): string {
  return (client === 0 ? '5d1f0c7e' : 'a94b82e3').repeat(4);
}

function targetOf(client: 0 | 1): string {
  return `/${sessionOf('', client)}/index.html`;
}

const addresses = ['198.51.100.1', '203.0.113.7'] as const;

/** A strategy, and a client that keeps the cookies it is given, in one object that is reused. */
class Subject implements Client {
  readonly strategy: PersistenceStrategy;
  readonly address = new IpAddress();
  readonly port = 50_000;
  readonly localAddress = new IpAddress();
  readonly localPort = 80;
  /** It has read what it does not need. */
  isCurious = false;
  readonly #say: Required<CheckPersistenceOptions>;
  #now: Now = { nowMs: startMs, wallMs: 1_700_000_000_000 + startMs };
  #client: 0 | 1 = 0;
  /** Cookies that the strategy set, by name, for each client. */
  readonly #cookies = [new Map<string, string>(), new Map<string, string>()] as const;
  /** What every cookie holds, whichever side set it. */
  #everywhere: string | undefined = undefined;

  constructor(strategy: PersistenceStrategy, say: Required<CheckPersistenceOptions>) {
    this.strategy = strategy;
    this.#say = say;
    this.localAddress.setText('192.0.2.1');
    this.become(0);
  }

  /** Does the client keep what is remembered, in a cookie? */
  get isInClient(): boolean {
    return this.strategy.setCookie !== undefined;
  }

  become(client: 0 | 1): void {
    this.#client = client;
    this.address.setText(addresses[client]);
  }

  passTo(nowMs: number): void {
    this.#now = { nowMs, wallMs: 1_700_000_000_000 + nowMs };
  }

  get method(): string | undefined {
    return this.#isNeeded('method') ? 'GET' : undefined;
  }

  get target(): string | undefined {
    return this.#isNeeded('target') ? this.#say.target(this.#client) : undefined;
  }

  header(name: string, nth = 0): string | undefined {
    if (!this.#isNeeded(`header:${name}`) || nth > 0) return undefined;
    return this.#say.header(name, this.#client);
  }

  cookie(name: string, nth = 0): string | undefined {
    if (!this.#isNeeded(`cookie:${name}`) || nth > 0) return undefined;
    const set = this.#everywhere ?? this.#cookies[this.#client].get(name);
    return set ?? (name === this.strategy.cookieName ? undefined : this.#say.cookie(name, this.#client));
  }

  #isNeeded(fact: ClientFact): boolean {
    const isNeeded = this.strategy.needs.some((needed) => inOneCase(needed) === inOneCase(fact));
    this.isCurious ||= !isNeeded;
    return isNeeded;
  }

  holdEverywhere(value: string): void {
    this.#everywhere = value;
  }

  find(): string | undefined {
    return this.strategy.lookup(this, this.#now);
  }

  learn(server: string): void {
    this.strategy.learn(this, server, this.#now);
    this.setCookie(server);
  }

  refresh(server: string): void {
    this.strategy.refresh?.(this, server, this.#now);
  }

  forget(server: string): void {
    this.strategy.forget(this, server, this.#now);
  }

  /** As after a response; the client keeps what it says. @returns the header's value */
  setCookie(server: string): string | undefined {
    const header = this.strategy.setCookie?.(this, server, this.#now);
    const [, name, value] = /^([^=;]+)=([^;]*)/.exec(header ?? '') ?? [];
    if (name !== undefined && value !== undefined) this.#cookies[this.#client].set(name, value);
    return header;
  }
}

/** Names of headers may be written in any case; those of cookies may not. */
function inOneCase(fact: ClientFact): string {
  return fact.startsWith('header:') ? fact.toLowerCase() : fact;
}
