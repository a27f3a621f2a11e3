import { once } from 'node:events';
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';

/** One message of server-sent events. */
export interface EventMessage {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A page that reads events, as a browser does. */
export class EventStream {
  readonly status: number;
  readonly #response: IncomingMessage;
  readonly #messages: AsyncGenerator<EventMessage, void, undefined>;

  private constructor(response: IncomingMessage) {
    this.status = response.statusCode ?? 0;
    this.#response = response;
    this.#messages = messagesOf(response);
  }

  static async open(url: URL, headers: OutgoingHttpHeaders): Promise<EventStream> {
    const call = request(new URL('/v1/events', url), { headers, agent: false });
    call.on('error', () => undefined);
    call.end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    return new EventStream(response);
  }

  /** The next message of that kind. @throws Error where the stream ends before */
  async next(event: string): Promise<EventMessage> {
    for (;;) {
      const { value, done } = await this.#messages.next();
      if (done === true) throw new Error('The stream has ended');
      if (value.event === event) return value;
    }
  }

  /** Resolves once the server has ended it. */
  async ended(): Promise<void> {
    while ((await this.#messages.next()).done !== true);
  }

  close(): void {
    this.#response.destroy();
  }
}

async function* messagesOf(response: IncomingMessage): AsyncGenerator<EventMessage, void, undefined> {
  let text = '';
  try {
    for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) if (!part.startsWith(':')) yield messageOf(part);
    }
  } catch {
    // It was cut.
  }
}

function messageOf(text: string): EventMessage {
  const lines = text
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
  const fields = Object.fromEntries(lines) as Readonly<Record<string, string>>;
  return {
    event: fields['event'] ?? '',
    id: fields['id'],
    data: JSON.parse(fields['data'] ?? 'null') as Readonly<Record<string, unknown>>,
  };
}
