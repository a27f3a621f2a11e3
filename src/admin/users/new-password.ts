import { randomInt } from 'node:crypto';

/** How long a password that somebody chooses is, in characters. */
export const passwordLength = { min: 12, max: 256 } as const;

/** Without letters and digits that look alike. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Five groups of five letters, which is 123 bits: `k7m2p-…`. */
export function generatePassword(): string {
  const group = (): string => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  return Array.from({ length: 5 }, group).join('-');
}
