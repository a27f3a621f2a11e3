import type { Balancer } from '../balancer/balancer.ts';
import type { Overview } from '../balancer/overview.ts';
import type { BalancerConfig } from '../config/balancer-config.ts';
import type { PlainConfig } from '../config/plain-config.ts';
import type { ConfigDifference } from '../config/describe-differences.ts';

/** What a configuration file states, as it was written or as `balancer.config` tells it. */
export type FileConfig = BalancerConfig | PlainConfig;

/** Gives what a configuration file says now: the same object while the file is the same. */
export type ReadFileConfig = () => FileConfig | Promise<FileConfig>;

/** What runs otherwise than the configuration file says. */
export interface FileDifferences {
  /** The file. */
  readonly path: string;
  readonly differences: readonly ConfigDifference[];
  /** Why the file says nothing, where it is wrong or gone: nothing is compared then. */
  readonly problem?: string;
}

/** What the control socket answers for an overview. */
export interface ControlOverview extends Overview {
  /** Undefined where the balancer runs no file. */
  readonly file?: FileDifferences;
}

/** Compares a balancer with its file whenever one of them has changed. */
export class FileComparison {
  readonly #balancer: Balancer;
  readonly #path: string;
  readonly #read: ReadFileConfig;
  #said: FileConfig | undefined = undefined;
  #revision = '';
  #differences: readonly ConfigDifference[] = [];

  constructor(balancer: Balancer, path: string, read: ReadFileConfig) {
    this.#balancer = balancer;
    this.#path = path;
    this.#read = read;
  }

  async now(): Promise<FileDifferences> {
    const path = this.#path;
    try {
      return { path, differences: this.#compare(await this.#read()) };
    } catch (error) {
      return { path, differences: [], problem: firstLine(error) };
    }
  }

  #compare(said: FileConfig): readonly ConfigDifference[] {
    const { revision } = this.#balancer;
    if (said !== this.#said || revision !== this.#revision) {
      this.#differences = this.#balancer.differencesFrom(said);
      this.#said = said;
      this.#revision = revision;
    }
    return this.#differences;
  }
}

function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line;
}
