import { IpAddress } from '../../src/model/address.ts';
import type { Client } from '../../src/model/client.ts';

/** An HTTP client with these cookies. */
export function clientWithCookies(cookie: Client['cookie']): Client {
  const { address, port, localAddress, localPort, method, target, header } = new CookieClient();
  return { address, port, localAddress, localPort, method, target, header, cookie };
}

/** An HTTP client that keeps the cookies it is told to. */
export class CookieClient implements Client {
  readonly address = new IpAddress().setV4(0x0a000001);
  readonly port = 50_000;
  readonly localAddress = new IpAddress();
  readonly localPort = 80;
  readonly method = 'GET';
  readonly target = '/';
  readonly cookies = new Map<string, string>();

  header(): undefined {
    return undefined;
  }

  cookie(name: string, nth = 0): string | undefined {
    return nth === 0 ? this.cookies.get(name) : undefined;
  }

  /** Does as a `Set-Cookie` header says, attributes aside. */
  accept(setCookie: string | undefined): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(setCookie ?? '') ?? [];
    if (name !== undefined && value !== undefined) this.cookies.set(name, value);
  }
}
