import type { Finding } from './finding.ts';

/**
 * Every error that Sluice raises, by its stable code. Users match `error.code`, never the message.
 * `docs/errors.md` lists the same codes; a test compares the two.
 */
export const errorCatalogue = {
  SLUICE_ERR_OPTIONS: 'One or more options or configuration values are wrong; `problems` lists all of them',
  SLUICE_ERR_STATE:
    'The call does not fit the state of the object, for example the object is already started',
  SLUICE_ERR_NOT_FOUND: 'No service or server has that name',
  SLUICE_ERR_ADDRESS_IN_USE:
    'Another process, or another service, listens on that address and port (EADDRINUSE)',
  SLUICE_ERR_ADDRESS_NOT_AVAILABLE: 'The address is not on this machine (EADDRNOTAVAIL)',
  SLUICE_ERR_PERMISSION: 'The process may not bind that port (EACCES)',
  SLUICE_ERR_LISTEN: 'The system refused to listen, for another reason; see `cause`',
  SLUICE_ERR_CONNECT_REFUSED: 'The server refused the connection; nothing was sent',
  SLUICE_ERR_CONNECT_TIMEOUT: 'The server did not accept the connection in time; nothing was sent',
  SLUICE_ERR_CONNECT: 'The connection to the server failed before it was established; nothing was sent',
  SLUICE_ERR_RESET: 'The other side reset the connection',
  SLUICE_ERR_IDLE: 'The session was closed because neither side sent anything within the idle limit',
  SLUICE_ERR_NO_SERVER: 'No server of the pool is available',
  SLUICE_ERR_LIMIT: 'A stated limit was reached',
  SLUICE_ERR_PROBE: 'A probe could not run; the fault is on this machine',
  SLUICE_ERR_WORKER: 'A worker thread could not be started, or died while a service was opened in it',
  SLUICE_ERR_SNAPSHOT: 'A snapshot or a backup cannot be written, or was cut or changed',
  SLUICE_ERR_NOT_LOGGED_IN: 'Nothing proves who calls the administration, or user and password are wrong',
  SLUICE_ERR_FORBIDDEN: 'Who calls the administration may not do this, or not from there',
  SLUICE_ERR_INTERNAL: 'A fault in Sluice itself; please report it',
} as const;

/** A stable error code. */
export type ErrorCode = keyof typeof errorCatalogue;

/** Whose fault it is: the client's, the server's, or this process's own. */
export type ErrorSide = 'client' | 'server' | 'local';

/** What an error carries beside its message. */
export interface SluiceErrorDetails {
  readonly side?: ErrorSide;
  /** True where the same work may be tried again on another server without doing anything twice. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

const brand = Symbol.for('sluice.error');

/** The one error class of Sluice: a stable `code`, the `side` at fault, and whether a retry is safe. */
export class SluiceError extends Error {
  override readonly name: string = 'SluiceError';
  readonly code: ErrorCode;
  readonly side: ErrorSide;
  readonly retryable: boolean;
  readonly [brand] = true;

  constructor(code: ErrorCode, message: string, details: SluiceErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.side = details.side ?? 'local';
    this.retryable = details.retryable ?? false;
  }

  /** True for an error of any copy of this package, also one loaded twice. */
  static is(value: unknown): value is SluiceError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}

/** One thing that is wrong with an option or a configuration value. */
export interface OptionProblem {
  /** Where: `services[1].port`. */
  readonly path: string;
  /** What would be right: `an integer from 1 to 65535`. */
  readonly expected: string;
  /** What was given, as a short printable text. */
  readonly actual: string;
  /** The id of the rule that is broken, where each value by itself is right: `persist-mode`. */
  readonly rule?: string;
}

/** Wrong options: thrown before any side effect, with every problem at once. */
export class OptionsError extends SluiceError {
  override readonly name: string = 'OptionsError';
  readonly problems: readonly OptionProblem[];
  /** What else is worth a word in a configuration that is refused: its warnings and advice. */
  readonly findings: readonly Finding[];

  /** @param lines how the message tells each problem. @default by its path */
  constructor(
    problems: readonly OptionProblem[],
    findings: readonly Finding[] = [],
    lines: readonly string[] = problems.map(formatProblem),
  ) {
    const warnings = findings.filter(({ severity }) => severity === 'warning');
    super('SLUICE_ERR_OPTIONS', [...lines, ...warnings.map(formatFinding)].join('\n'));
    this.problems = problems;
    this.findings = findings;
  }
}

/** `services[1].port: expected an integer from 1 to 65535, got 0 (number)` */
export function formatProblem({ path, expected, actual, rule }: OptionProblem): string {
  const id = rule === undefined ? '' : ` (${rule})`;
  return `${path}: expected ${expected}, got ${actual}${id}`;
}

function formatFinding({ path, message, rule }: Finding): string {
  return `${path}: ${message} (${rule})`;
}
