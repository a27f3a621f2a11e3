let given = 0;

/**
 * An address of loopback that nobody else has, in this process or in another one that runs now: a port of it that was
 * free, or had been closed, is given to nobody else.
 */
export function ownAddress(): string {
  given += 1;
  return `127.${64 + (process.pid & 63)}.${(process.pid >> 6) & 255}.${1 + (given % 254)}`;
}
