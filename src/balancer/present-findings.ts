import type { Finding } from '../base/finding.ts';
import { findingsIn } from '../config/lint.ts';
import type { ResolvedConfig } from '../config/resolved-config.ts';
import type { Logger } from '../runtime/runtime.ts';

/** What lint finds in the configuration of a balancer, and what of it was told. */
export class PresentFindings {
  readonly #log: Logger;
  #list: readonly Finding[];
  /** What the log has of it. */
  #told: ReadonlySet<string> = new Set();

  constructor(config: ResolvedConfig, log: Logger) {
    this.#log = log;
    this.#list = findingsIn(config);
  }

  get list(): readonly Finding[] {
    return this.#list;
  }

  /** Another configuration is the present one from now on. */
  replace(config: ResolvedConfig): void {
    this.#list = findingsIn(config);
    this.tell();
  }

  /** Logs each that was not there when it was last asked to. */
  tell(): void {
    // Not by the path: what stands before it may come and go.
    const lines = this.#list.map(({ rule, severity, message }) => `${message} (${severity} ${rule})`);
    for (const line of lines) if (!this.#told.has(line)) this.#log('warn', line);
    this.#told = new Set(lines);
  }
}
