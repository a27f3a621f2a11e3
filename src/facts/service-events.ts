import type { ErrorCode, ErrorSide } from '../base/errors.ts';
import type { FactEvents } from './fact-emitter.ts';
import type { DecisionRecord } from '../model/decision.ts';
import type { AdminState, Health, ProbeReport } from '../model/server.ts';

/** What every fact of a service carries. */
export interface ServiceFact {
  /** The service's name. */
  readonly service: string;
  /** Wall-clock time, milliseconds since 1970. */
  readonly atMs: number;
}

/** What every fact about one server carries. */
export interface ServerFact extends ServiceFact {
  /** The server's name. */
  readonly server: string;
}

/** `tcp`, `http` or `udp`: which kind of listener. */
export type Protocol = 'tcp' | 'http' | 'udp';

/** The port is bound. A `tcp+udp` service publishes it for each of its two listeners. */
export interface ListenerStartedEvent extends ServiceFact {
  readonly protocol: Protocol;
  readonly host: string;
  readonly port: number;
}

/** Everything of the listener is closed. */
export interface ListenerStoppedEvent extends ListenerStartedEvent {
  /** Sessions and flows that were cut because the grace time was over. */
  readonly aborted: number;
}

/** How a session or flow came to its end. */
export type CloseReason =
  | 'finished'
  | 'client-reset'
  | 'server-reset'
  | 'idle'
  | 'refused'
  | 'connect-failed'
  | 'protocol'
  | 'server-down'
  | 'drain-deadline'
  | 'stopped'
  | 'evicted'
  | 'internal';

/** A TCP session reached its server, an HTTP client connected, or a UDP flow was given a server. */
export interface SessionOpenedEvent extends ServiceFact {
  /** The server's name; undefined in HTTP mode, where each exchange has its own. */
  readonly server: string | undefined;
  /** Unique within the process. */
  readonly sessionId: number;
  readonly client: string;
}

/** A session, an HTTP client connection or a UDP flow is over, served or not. */
export interface SessionClosedEvent extends ServiceFact {
  readonly sessionId: number;
  readonly client: string;
  /** The server's name; undefined where none was reached. */
  readonly server: string | undefined;
  readonly reason: CloseReason;
  readonly error: ErrorCode | undefined;
  readonly bytesFromClient: number;
  readonly bytesFromServer: number;
  readonly durationMs: number;
}

/** One HTTP request and its response. Never holds a target, a header or a body. */
export interface ExchangeFinishedEvent extends ServiceFact {
  readonly sessionId: number;
  readonly client: string;
  readonly server: string | undefined;
  readonly method: string;
  /** The status that the client got; 0 where it got none. */
  readonly status: number;
  readonly durationMs: number;
}

/** A server could not be reached for a client; another one may follow. */
export interface ConnectFailedEvent extends ServerFact {
  readonly sessionId: number;
  readonly client: string;
  readonly error: ErrorCode;
  /** Whose fault it was. Passive health and the server's counter count only faults of the server. */
  readonly side: ErrorSide;
}

/** Why a client was turned away. */
export type RefusalReason = 'no-server' | 'queue-full' | 'queue-timeout' | 'bad-request' | 'timeout';

/** A client was turned away. */
export interface ClientRefusedEvent extends ServiceFact {
  readonly sessionId: number;
  readonly client: string;
  readonly reason: RefusalReason;
}

/** A probe ended, good or bad. */
export interface ProbeFinishedEvent extends ServerFact {
  readonly report: ProbeReport;
}

/** Probes took a server up or down. */
export interface ServerHealthChangedEvent extends ServerFact {
  readonly previous: Health;
  readonly current: Health;
  /** The sentence of the probe that decided. */
  readonly reason: string;
}

/** Passive health took a server out for a while. */
export interface ServerEjectedEvent extends ServerFact {
  readonly forMs: number;
}

/** A person ordered online, drain or halt. */
export interface ServerAdminStateChangedEvent extends ServerFact {
  readonly previous: AdminState;
  readonly current: AdminState;
  /** Who ordered it, as the order says; `program` where it does not. */
  readonly by: string;
}

/** A person changed a share of new clients; weights are 0 to 256. */
export interface ServerWeightChangedEvent extends ServerFact {
  readonly previous: number;
  readonly current: number;
  /** As in {@link ServerAdminStateChangedEvent}. */
  readonly by: string;
}

/** A server was added or removed: by an order, by another configuration, or by a new list of a pool's servers. */
export interface ServerListChangedEvent extends ServerFact {
  /** As in {@link ServerAdminStateChangedEvent}. */
  readonly by: string;
}

/** A user's own strategy or balancing policy threw. The client was served all the same. */
export interface ExtensionFailedEvent extends ServiceFact {
  /** `persistence 'own'`, `balancing policy 'own'`: by its `reason`, or its `kind`. */
  readonly extension: string;
  /** The method that threw. */
  readonly call: string;
  readonly error: unknown;
  /** How often since the last such event: there is one in 10 s at most for each method. */
  readonly count: number;
}

/** A drain is over, and no other order cancelled it. */
export interface DrainFinishedEvent extends ServerFact {
  /** `empty`: the last session ended by itself; `deadline`: what was left was cut. */
  readonly reason: 'empty' | 'deadline';
  readonly aborted: number;
  /** The IP addresses of clients that persistence sent to the server during the drain; 1000 at most. */
  readonly clients: readonly string[];
}

/** A worker thread died with its sessions; those of other workers go on. */
export interface WorkerFailedEvent {
  /** Its number, from 0. */
  readonly worker: number;
  /** What it died of, for people. */
  readonly reason: string;
  /** Client connections and flows, of all services together. */
  readonly sessionsLost: number;
  /** Wall-clock time, milliseconds since 1970. */
  readonly atMs: number;
}

/** Another worker thread has taken the place of one that died, and serves. */
export interface WorkerReplacedEvent {
  /** The number that both have. */
  readonly worker: number;
  /** Wall-clock time, milliseconds since 1970. */
  readonly atMs: number;
}

/** Every fact that a listener, a UDP forwarder or a balancer publishes. `docs/events.md` lists the same. */
export interface ServiceEvents extends FactEvents {
  readonly listenerStarted: ListenerStartedEvent;
  readonly listenerStopped: ListenerStoppedEvent;
  readonly sessionOpened: SessionOpenedEvent;
  readonly sessionClosed: SessionClosedEvent;
  readonly flowOpened: SessionOpenedEvent;
  readonly flowClosed: SessionClosedEvent;
  readonly exchangeFinished: ExchangeFinishedEvent;
  readonly decisionMade: DecisionRecord;
  readonly connectFailed: ConnectFailedEvent;
  readonly clientRefused: ClientRefusedEvent;
  readonly probeFinished: ProbeFinishedEvent;
  readonly serverHealthChanged: ServerHealthChangedEvent;
  readonly serverEjected: ServerEjectedEvent;
  readonly serverReadmitted: ServerFact;
  readonly serverAdminStateChanged: ServerAdminStateChangedEvent;
  readonly serverWeightChanged: ServerWeightChangedEvent;
  readonly serverAdded: ServerListChangedEvent;
  readonly serverRemoved: ServerListChangedEvent;
  readonly drainFinished: DrainFinishedEvent;
  readonly extensionFailed: ExtensionFailedEvent;
  readonly workerFailed: WorkerFailedEvent;
  readonly workerReplaced: WorkerReplacedEvent;
}

/** Where each event comes from: a data path, wherever sessions run, or the control of all of them. In the order of docs. */
const origins: Readonly<Record<keyof ServiceEvents, 'data path' | 'control'>> = {
  listenerStarted: 'control',
  listenerStopped: 'control',
  sessionOpened: 'data path',
  sessionClosed: 'data path',
  flowOpened: 'data path',
  flowClosed: 'data path',
  exchangeFinished: 'data path',
  decisionMade: 'data path',
  connectFailed: 'data path',
  clientRefused: 'data path',
  probeFinished: 'control',
  serverHealthChanged: 'control',
  serverEjected: 'control',
  serverReadmitted: 'control',
  serverAdminStateChanged: 'control',
  serverWeightChanged: 'control',
  serverAdded: 'control',
  serverRemoved: 'control',
  drainFinished: 'control',
  extensionFailed: 'control',
  workerFailed: 'control',
  workerReplaced: 'control',
  handlerFailed: 'control',
};

/** The names of all events, for those who want every one: logs, tests, documentation. */
export const serviceEventNames = Object.keys(origins) as readonly (keyof ServiceEvents)[];

/** The names of what happens in data paths, which may run in workers. */
export const dataPathEventNames = serviceEventNames.filter((name) => origins[name] === 'data path');
