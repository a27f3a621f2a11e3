/** One server-sent event. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** Takes a stream of server-sent events apart, as its pieces come (HTML standard, section 9.2.6). */
export class EventStreamReader {
  readonly #take: (event: StreamEvent) => void;
  #rest = '';
  #event = '';
  #id: string | undefined = undefined;
  #data: string[] = [];

  constructor(take: (event: StreamEvent) => void) {
    this.#take = take;
  }

  push(piece: string): void {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/u);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#readLine(line);
  }

  #readLine(line: string): void {
    if (line === '') {
      this.#finish();
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /u, '');
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id') this.#id = value;
  }

  #finish(): void {
    if (this.#data.length > 0)
      this.#take({ event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id });
    this.#event = '';
    this.#data = [];
  }
}
