import { stat } from 'node:fs/promises';
import type { BalancerConfig } from '../config/balancer-config.ts';
import type { ConfigFile } from '../file/config-file.ts';
import { readConfigFile } from '../file/read-config-file.ts';
import type { Environment } from '../file/variables.ts';

/** The configuration file that a balancer runs, read again only after it has changed. */
export class FollowedFile {
  readonly path: string;
  readonly #environment: Environment;
  #stamp = '';
  #said: Promise<ConfigFile> | undefined = undefined;
  #isModule = false;

  /** @param path absolute */
  constructor(path: string, environment: Environment) {
    this.path = path;
    this.#environment = environment;
  }

  /** Reads it anew, files with secrets as well. @throws ConfigFileError with every problem */
  async read(): Promise<ConfigFile> {
    // What is written while it is read counts as a change.
    this.#stamp = await this.#stampNow();
    this.#said = this.#readNow();
    return this.#said;
  }

  /**
   * What it says now: the same object while it is the same. A module counts as it was last read, since to read it is to run it.
   *
   * @throws ConfigFileError as `read`
   */
  async now(): Promise<BalancerConfig> {
    const isRead = this.#isModule || (await this.#stampNow()) === this.#stamp;
    const { value } = await (isRead && this.#said !== undefined ? this.#said : this.read());
    return value;
  }

  async #readNow(): Promise<ConfigFile> {
    const file = await readConfigFile(this.path, { environment: this.#environment });
    this.#isModule = file.document === undefined;
    return file;
  }

  async #stampNow(): Promise<string> {
    try {
      const { mtimeNs, size, ino } = await stat(this.path, { bigint: true });
      return [mtimeNs, size, ino].join(' ');
    } catch {
      return 'gone';
    }
  }
}
