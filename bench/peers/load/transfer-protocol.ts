/**
 * What a client asks of the TCP servers of the bench: a line of 16 bytes, a letter and how many bytes.
 *
 * `U` the client sends so many, the server answers one byte when it has them; `D` the server sends so many;
 * `E` the client sends so many and gets them back. Then the next line. Nothing hangs on FIN, so that a proxy that
 * loses it can be measured too.
 */
export type Transfer = 'U' | 'D' | 'E';

export const requestBytes = 16;

export function transferRequest(transfer: Transfer, bytes: number): Buffer {
  return Buffer.from(transfer + String(bytes).padStart(requestBytes - 1, '0'), 'latin1');
}

export function parseTransferRequest(line: string): { transfer: Transfer; bytes: number } {
  const transfer = line.slice(0, 1);
  const bytes = Number(line.slice(1));
  if ((transfer !== 'U' && transfer !== 'D' && transfer !== 'E') || !Number.isSafeInteger(bytes)) {
    throw new Error(`no such request: ${JSON.stringify(line)}`);
  }
  return { transfer, bytes };
}
