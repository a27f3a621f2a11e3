import { includes, type Role } from '../../src/admin/roles.ts';
import type { LogEntry } from '../../src/records/log-entry.ts';
import { changesOf } from '../site/changes.ts';
import { History } from '../site/history.ts';
import { Memory } from '../site/memory.ts';
import { shownState } from '../site/shown-state.ts';
import { cellOf, readSite, type Cell, type Site, type WireOverview } from '../site/site.ts';
import { message, type Message } from '../text/message.ts';
import { formatDuration } from '../text/numbers.ts';
import { Api, wordsOf } from './api.ts';
import { Connection } from './connection.ts';
import type { StreamEvent } from './event-stream.ts';
import { Frames } from './frames.ts';
import { Settings } from './settings.ts';
import type { UndoneOrder } from './orders.ts';

/** Who looks, as the server knows them. */
export interface Session {
  readonly user: string;
  readonly role: Role;
  readonly mustChangePassword: boolean;
  readonly csrf: string;
  readonly features?: readonly string[];
}

/** The connection to the server's events. */
export type Link =
  | { readonly state: 'connecting' | 'live' }
  | { readonly state: 'lost'; readonly atMs: number; readonly seenAtMs: number; readonly retryAtMs: number };

/** A message that stays until somebody closes it. */
export interface Note {
  readonly text: Message;
  /** What its button takes back. */
  readonly undo?: UndoneOrder;
}

/** Entries that are kept for the rail and for what is said of states. */
const maxEntries = 1_000;

/** Between two drawings of entries. */
const entriesEveryMs = 150;

/** Everything the page knows. Views read it, and subscribe to hear of changes. */
export class Model {
  readonly api = new Api();
  readonly settings: Settings;
  readonly memory = new Memory();
  readonly history = new History();
  phase: 'starting' | 'logged out' | 'ready' = 'starting';
  session: Session | undefined = undefined;
  site: Site | undefined = undefined;
  link: Link = { state: 'connecting' };
  note: Note | undefined = undefined;
  /** The last thing a screen reader is told. */
  announced: Message | undefined = undefined;
  #entries: LogEntry[] = [];
  #connection: Connection | undefined = undefined;
  readonly #readers = new Set<() => void>();
  readonly #frames = new Frames(() => this.#readers.forEach((read) => read()));
  #isLogDue = false;
  #drawTimer: number | undefined = undefined;
  /** Set while the log is read: what comes meanwhile waits. */
  #waiting: LogEntry[] | undefined = undefined;

  constructor() {
    this.settings = new Settings(() => this.changed());
    this.api.onLoggedOut = () => this.#logOut();
  }

  /** Calls back once a frame at most after changes. @returns what ends it */
  subscribe(read: () => void): () => void {
    this.#readers.add(read);
    return () => this.#readers.delete(read);
  }

  changed(): void {
    this.#frames.ask();
  }

  /** State changes and orders, oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  get isLive(): boolean {
    return this.link.state === 'live';
  }

  may(role: Role): boolean {
    return this.session !== undefined && includes(this.session.role, role);
  }

  /** Asks who is logged in. */
  async start(): Promise<void> {
    try {
      this.enter((await this.api.get('/v1/session')) as Session);
    } catch {
      // Not logged in, or not reached: the form says which when it is sent.
      this.#logOut();
    }
  }

  enter(session: Session): void {
    this.session = session;
    this.api.csrf = session.csrf;
    this.phase = 'ready';
    if (!session.mustChangePassword) this.#connect();
    this.changed();
  }

  /** Logs out, and forgets everything: the next one at this browser may be somebody else. */
  async leave(): Promise<void> {
    await this.api.post('/v1/session/end').catch(() => undefined);
    location.reload();
  }

  tryNow(): void {
    this.#connection?.connect();
  }

  tell(note: Note | undefined): void {
    this.note = note;
    if (note !== undefined) this.announced = note.text;
    this.changed();
  }

  #logOut(): void {
    this.#connection?.close();
    this.#connection = undefined;
    this.session = undefined;
    this.api.csrf = '';
    this.phase = 'logged out';
    this.link = { state: 'connecting' };
    this.changed();
  }

  #connect(): void {
    this.#connection?.close();
    this.#connection = new Connection(this.api, {
      onEvent: (event) => this.#take(event),
      onLost: (retryAtMs) => this.#lose(retryAtMs),
    });
    this.#connection.connect();
    this.#isLogDue = true;
  }

  #take({ event, data }: StreamEvent): void {
    const told: unknown = JSON.parse(data);
    if (event === 'overview') this.#takeOverview(told as WireOverview);
    else if (event === 'entry') this.#takeEntry(told as LogEntry);
    else if (event === 'gap') void this.#readLog();
  }

  #takeOverview(overview: WireOverview): void {
    const before = this.site;
    this.site = readSite(overview);
    this.history.take(this.site);
    if (this.link.state === 'lost' && before !== undefined)
      this.tell({ text: whatChanged(before, this.site, Date.now() - this.link.atMs) });
    this.link = { state: 'live' };
    this.changed();
    // After the first overview: that is what people wait for.
    if (this.#isLogDue) void this.#readLog();
    this.#isLogDue = false;
  }

  #takeEntry(entry: LogEntry): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push(entry);
      return;
    }
    this.memory.take(entry, (service, server) => this.#cell(service, server)?.sessions);
    this.#entries.push(entry);
    if (this.#entries.length > maxEntries) this.#entries.shift();
    // The overview that shows it comes at once; of a thousand entries a second, nobody reads each.
    if (this.#drawTimer !== undefined) return;
    this.#drawTimer = window.setTimeout(() => {
      this.#drawTimer = undefined;
      const [change] = changesOf(this.#entries.slice(-50), 1);
      if (change !== undefined) this.announced = change.text;
      this.changed();
    }, entriesEveryMs);
  }

  #cell(service: string, server: string): Cell | undefined {
    const found = this.site?.services.find(({ name }) => name === service);
    return found === undefined ? undefined : cellOf(found, server);
  }

  /** What happened before the page came. */
  async #readLog(): Promise<void> {
    if (this.#waiting !== undefined) return;
    this.#waiting = [];
    const entries: LogEntry[] = [];
    try {
      await this.api.follow('GET', '/v1/log', { about: 'state' }, (entry) => entries.push(entry as LogEntry));
    } catch (error) {
      console.warn(`The log could not be read: ${wordsOf(error)}`);
    }
    const known = new Set(entries.slice(-200).map((entry) => JSON.stringify(entry)));
    entries.push(...this.#waiting.filter((entry) => !known.has(JSON.stringify(entry))));
    this.#waiting = undefined;
    if (entries.length > 0) this.#entries = entries.slice(-maxEntries);
    for (const entry of this.#entries) this.memory.take(entry);
    this.changed();
  }

  #lose(retryAtMs: number): void {
    const seenAtMs = this.link.state === 'lost' ? this.link.seenAtMs : (this.site?.atMs ?? Date.now());
    const atMs = this.link.state === 'lost' ? this.link.atMs : Date.now();
    this.link = { state: 'lost', atMs, seenAtMs, retryAtMs };
    this.changed();
  }
}

/** What became another state while nobody heard. */
function whatChanged(before: Site, after: Site, lostForMs: number): Message {
  const changes = after.services.flatMap((service) => {
    const old = before.services.find(({ name }) => name === service.name);
    return service.cells.flatMap((cell) => {
      const was = old === undefined ? undefined : cellOf(old, cell.server);
      if (was === undefined || shownState(was) === shownState(cell)) return [];
      const [state, previous] = [message(shownState(cell)), message(shownState(was))];
      return message('backChange', { server: cell.server, service: service.name, state, before: previous });
    });
  });
  const told = changes.length === 0 ? message('backNothing') : message('backChanges', { changes });
  return message('back', { duration: formatDuration(lostForMs), changes: told });
}
