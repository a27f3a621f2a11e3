/** What a proxy can be asked to carry. */
export type Carried = 'tcp' | 'http' | 'udp';

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a workload wants from a subject. */
export interface Order {
  readonly carried: Carried;
  readonly servers: readonly Address[];
  /** Large transfers: settings that a user would choose for them, where there are any. */
  readonly bulk?: boolean;
  /** Source IP persistence whose table already holds this many clients. Sluice only. */
  readonly tableEntries?: number;
}

/** A subject that listens. */
export interface RunningSubject {
  /** The process whose CPU time and memory count, with its children. */
  readonly pid: number;
  readonly address: Address;
  stop(): Promise<void>;
}

/** A proxy to be measured. */
export interface Subject {
  readonly name: string;
  /** What it is and how it was set, for readers of the report. */
  readonly about: string;
  /** A program for Node.js: it compiles what is hot while it runs, so it is warmed up for longer. */
  readonly isNodeProgram: boolean;
  /** Sessions that it can hold here. @default as many as others */
  readonly maxSessions?: number;
  /** Why it cannot run here and what to do about it, or undefined. */
  missing(): string | undefined;
  /** @throws where it does not come up; the message says why */
  start(order: Order): Promise<RunningSubject>;
}
