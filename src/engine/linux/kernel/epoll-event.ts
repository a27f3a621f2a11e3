/** `struct epoll_event` in words of 32 bits: packed on x64, aligned elsewhere. Two words are free to use. */
export const eventWords = process.arch === 'x64' ? 3 : 4;
/** The first word that is free to use: here it holds the descriptor, and the one behind it the ticket. */
export const dataWord = process.arch === 'x64' ? 1 : 2;

/** Writes one event at the beginning of `words`. */
export function writeEvent(words: Uint32Array, events: number, descriptor: number, ticket: number): void {
  words[0] = events;
  words[dataWord] = descriptor;
  words[dataWord + 1] = ticket;
}
