import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { tooMany } from '../refusal.ts';

/** What scrypt costs: 2^ln blocks of 128·r bytes, p times. */
interface Cost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

interface Hash extends Cost {
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** 128 MiB and some 0.4 s: OWASP Password Storage Cheat Sheet, scrypt. */
const cost: Cost = { ln: 17, r: 8, p: 1 };
const keyBytes = 32;
const saltBytes = 16;

/** What a file may ask for at most, so that nobody's hash takes all memory. */
const maxCost: Cost = { ln: 18, r: 8, p: 4 };

/** At once: each takes 128 MiB, and one of the four threads that Node.js has for files as well. */
const maxAtOnce = 2;
const maxWaiting = 20;

/** A hash of a password that nobody has, for users that there are not: they take the same time. */
const nobody: Hash = { ...cost, salt: Buffer.alloc(saltBytes), key: Buffer.alloc(keyBytes) };

/** Hashes passwords with scrypt, a few at once. Hashes are PHC strings: `$scrypt$ln=17,r=8,p=1$salt$hash`. */
export class PasswordHasher {
  readonly #scrypt: typeof scrypt;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param derive in place of scrypt */
  constructor(derive = scrypt) {
    this.#scrypt = derive;
  }

  /** @throws Refusal where too many wait */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes);
    const key = await this.#derive(password, { ...cost, salt, key: nobody.key });
    return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${unpadded(salt)}$${unpadded(key)}`;
  }

  /**
   * Is it the password? Takes as long where there is no hash.
   *
   * @param text a PHC string; undefined for a user that there is not
   * @throws Refusal where too many wait
   */
  async isRight(password: string, text: string | undefined): Promise<boolean> {
    const hash = text === undefined ? undefined : parseHash(text);
    const key = await this.#derive(password, hash ?? nobody);
    return timingSafeEqual(key, (hash ?? nobody).key) && hash !== undefined;
  }

  async #derive(password: string, { ln, r, p, salt, key }: Hash): Promise<Buffer> {
    await this.#enter();
    try {
      return await new Promise((resolve, reject) => {
        const options = { N: 2 ** ln, r, p, maxmem: 2 * 128 * r * (2 ** ln + p) + 4096 };
        // One text for all ways to type the same letters.
        this.#scrypt(password.normalize('NFKC'), salt, key.length, options, (error, derived) => {
          if (error === null) resolve(derived);
          else reject(error);
        });
      });
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running >= maxAtOnce) {
      if (this.#waiting.length >= maxWaiting)
        throw tooMany('Too many people log in at once; try again', 5000);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
  }
}

const phc = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/u;

/** @returns undefined for what is no hash of a cost that may be asked for */
export function parseHash(text: string): Hash | undefined {
  const [, ln, r, p, salt = '', key = ''] = phc.exec(text) ?? [];
  const asked: Cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const isAffordable = (['ln', 'r', 'p'] as const).every(
    (part) => asked[part] >= 1 && asked[part] <= maxCost[part],
  );
  if (!isAffordable) return undefined;
  return { ...asked, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') };
}

/** Base64 as PHC strings have it. */
function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/u, '');
}
