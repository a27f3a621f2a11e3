/** `struct epoll_event` in words of 32 bits: packed on x64, aligned elsewhere. Two words are free to use. */
export const eventWords = process.arch === 'x64' ? 3 : 4;
/** The first word that is free to use: here it holds the descriptor, and the one behind it the ticket. */
export const dataWord = process.arch === 'x64' ? 1 : 2;

/** Writes one event at the beginning of `bytes`. */
export function writeEvent(bytes: Buffer, events: number, descriptor: number, ticket: number): void {
  bytes.writeInt32LE(events | 0, 0);
  bytes.writeUInt32LE(descriptor, dataWord * 4);
  bytes.writeUInt32LE(ticket, dataWord * 4 + 4);
}
