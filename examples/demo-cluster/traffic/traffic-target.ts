/** Where a client of the self-test goes, and from where. */
export interface TrafficTarget {
  readonly host: string;
  readonly port: number;
  /** Source address: with several loopback addresses one machine plays several clients. */
  readonly localAddress?: string;
  /** Limit for the whole conversation. */
  readonly timeoutMs: number;
}

/** What every client finds out. */
export interface TrafficAnswer {
  /** The demo server that answered; undefined where the answer does not tell, as other products' do not. */
  readonly server: string | undefined;
}

/** The socket options of a target. */
export function connectionOptions({ host, port, localAddress }: TrafficTarget): {
  host: string;
  port: number;
  localAddress?: string;
} {
  return { host, port, ...(localAddress === undefined ? {} : { localAddress }) };
}

/** The reason of a conversation that took too long. */
export function timeoutError({ timeoutMs }: TrafficTarget): Error {
  return new Error(`no answer within ${timeoutMs} ms`);
}

/** An error that names the target: `127.0.0.10:104: no answer within 2000 ms`. */
export function trafficError({ host, port }: TrafficTarget, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${host}:${port}: ${reason}`, { cause });
}
