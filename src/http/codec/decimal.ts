import { byte } from './byte-class.ts';

/** The most digits whose number is still exact. */
const maxDigits = 15;
const greatest = 10 ** maxDigits - 1;

/** The number that bytes `start` to `end` write, or -1 unless they are 1 to 15 decimal digits. Hot path. */
export function readDecimal(bytes: Buffer, start: number, end: number): number {
  if (end <= start || end - start > maxDigits) return -1;
  let number = 0;
  for (let position = start; position < end; position++) {
    const digit = (bytes[position] ?? 0) - byte.zero;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** As {@link readDecimal}, of any number of digits: more than 15 read as the greatest such number. */
export function readClampedDecimal(bytes: Buffer, start: number, end: number): number {
  const isLong = end - start > maxDigits;
  for (let position = start; isLong && position < end; position++) {
    if (readDecimal(bytes, position, position + 1) === -1) return -1;
  }
  return isLong ? greatest : readDecimal(bytes, start, end);
}
