import { createRequire } from 'node:module';

/** What Node's own parser, llhttp, calls. Undocumented, but the same since Node.js 18. */
interface NodeParser {
  initialize(kind: number, resource: object): void;
  execute(bytes: Buffer): number | (Error & { readonly code?: string; readonly bytesParsed?: number });
  finish(): undefined | (Error & { readonly code?: string });
  close(): void;
  [callback: number]: unknown;
}

interface NodeParserClass {
  new (): NodeParser;
  readonly REQUEST: number;
  readonly RESPONSE: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

const { HTTPParser, methods } = createRequire(import.meta.url)('_http_common') as {
  readonly HTTPParser: NodeParserClass;
  readonly methods: readonly string[];
};

/** The head of a message as llhttp reads it. */
export interface ReadHead {
  /** Of a request. */
  readonly method: string;
  readonly url: string;
  /** Of a response. */
  readonly status: number;
  readonly isUpgrade: boolean;
  /** By names in small letters; the last one of a name counts. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Who is told what llhttp reads. */
export interface ReadingUser {
  /** @returns `none` for a message without a body whatever its head says */
  onHead(head: ReadHead): 'body' | 'none' | 'tunnel';
  onBody(bytes: Buffer): void;
  onMessageEnd(): void;
  /** What follows an upgrade. */
  onTunnel(bytes: Buffer): void;
}

/** Reads the messages of one connection with llhttp, strictly: a judge that shares nothing with the code under test. */
export class MessageReader {
  /** Why nothing more is read. */
  fault: string | undefined = undefined;
  readonly #parser = new HTTPParser();
  readonly #user: ReadingUser;
  #mode: 'messages' | 'tunnel' = 'messages';

  readonly #kind: number;

  constructor(kind: 'requests' | 'responses', user: ReadingUser) {
    const parser = this.#parser;
    this.#user = user;
    this.#kind = kind === 'requests' ? HTTPParser.REQUEST : HTTPParser.RESPONSE;
    parser.initialize(this.#kind, {});
    parser[HTTPParser.kOnHeadersComplete] = (
      _major: number,
      _minor: number,
      fields: readonly string[] = [],
      method: number | undefined,
      url = '',
      status = 0,
      _message: string,
      isUpgrade: boolean,
    ): number => {
      const headers = new Map<string, string>();
      for (let at = 0; at < fields.length; at += 2)
        headers.set(fields[at]!.toLowerCase(), fields[at + 1] ?? '');
      const what = user.onHead({ method: methods[method ?? -1] ?? '', url, status, isUpgrade, headers });
      if (what === 'tunnel') this.#mode = 'tunnel';
      return what === 'body' ? 0 : what === 'none' ? 1 : 2;
    };
    parser[HTTPParser.kOnBody] = (bytes: Buffer): void => {
      user.onBody(bytes);
    };
    parser[HTTPParser.kOnMessageComplete] = (): void => {
      user.onMessageEnd();
    };
  }

  take(bytes: Buffer): void {
    if (this.fault !== undefined) return;
    if (this.#mode === 'tunnel') {
      this.#user.onTunnel(bytes);
      return;
    }
    const result = this.#parser.execute(bytes);
    if (typeof result !== 'number') {
      this.fault = result.code ?? result.message;
    } else if (result < bytes.length) {
      // llhttp stops behind a request for an upgrade, also where the server takes it for an ordinary one.
      this.#goOn(bytes.subarray(result));
    }
  }

  #goOn(rest: Buffer): void {
    if (this.#mode === 'messages') this.#parser.initialize(this.#kind, {});
    this.take(rest);
  }

  /** The connection ended in good order. @returns why that is too early, if it is */
  end(): string | undefined {
    if (this.fault === undefined && this.#mode === 'messages') this.fault = this.#parser.finish()?.code;
    return this.fault;
  }

  close(): void {
    this.#parser.close();
  }
}
