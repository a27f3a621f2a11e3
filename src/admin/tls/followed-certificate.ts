import type { Runtime, Timer } from '../../runtime/runtime.ts';
import type { CertificateFiles } from '../admin-options.ts';
import { readCertificate, stampOf } from './certificate.ts';
import type { CertificatePair } from './self-signed.ts';

/** How often the files are looked at. That also sees what a link leads to, which a watch of a folder does not. */
const lookEveryMs = 5000;

/** A certificate that is read again when its files change. One that cannot be used changes nothing. */
export class FollowedCertificate {
  /** The first one. */
  readonly pair: CertificatePair;
  readonly #files: CertificateFiles;
  readonly #runtime: Runtime;
  /** Before each look: renews what is due. */
  readonly #renew: () => Promise<void>;
  #stamp: string;
  #use: (pair: CertificatePair) => void = () => undefined;
  #timer: Timer | undefined = undefined;
  #isClosed = false;

  private constructor(
    files: CertificateFiles,
    runtime: Runtime,
    renew: () => Promise<void>,
    stamp: string,
    pair: CertificatePair,
  ) {
    this.#files = files;
    this.#runtime = runtime;
    this.#renew = renew;
    this.#stamp = stamp;
    this.pair = pair;
  }

  /** @throws SluiceError as `readCertificate` */
  static async open(
    files: CertificateFiles,
    runtime: Runtime,
    renew: () => Promise<void>,
  ): Promise<FollowedCertificate> {
    await renew();
    const stamp = await stampOf(files);
    return new FollowedCertificate(files, runtime, renew, stamp, await readCertificate(files));
  }

  /** Calls with each further certificate that can be used, until it is closed. */
  follow(use: (pair: CertificatePair) => void): void {
    this.#use = use;
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = this.#runtime.clock.schedule(lookEveryMs, () => void this.#look(), true);
  }

  async #look(): Promise<void> {
    try {
      await this.#renew();
      const stamp = await stampOf(this.#files);
      if (stamp !== this.#stamp) {
        // Once for each change: a wrong one is not told again and again.
        this.#stamp = stamp;
        this.#use(await readCertificate(this.#files));
        this.#runtime.log('info', `The certificate ${this.#files.certificate} was read again`);
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#runtime.log('error', `The certificate stays as it was: ${reason}`);
    }
    this.#schedule();
  }
}
