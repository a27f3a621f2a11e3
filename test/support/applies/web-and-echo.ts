import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostOf, mostServers } from './scene-services.ts';

/** Web servers and servers that send datagrams back, one of each kind on every address. */
export class WebAndEcho {
  readonly web: number;
  readonly echo: number;
  readonly #closings: readonly (() => void)[];

  private constructor(web: number, echo: number, closings: readonly (() => void)[]) {
    this.web = web;
    this.echo = echo;
    this.#closings = closings;
  }

  static async start(): Promise<WebAndEcho> {
    const closings: (() => void)[] = [];
    let [webPort, echoPort] = [0, 0];
    for (let index = 0; index < mostServers; index++) {
      const web = createServer((_request, response) => response.end('hello'));
      web.listen({ host: hostOf(index), port: webPort, backlog: 4096 });
      const echo = createSocket('udp4', (message, { port, address }) => echo.send(message, port, address));
      echo.bind(echoPort, hostOf(index));
      await Promise.all([once(web, 'listening'), once(echo, 'listening')]);
      webPort = (web.address() as AddressInfo).port;
      echoPort = echo.address().port;
      closings.push(
        () => web.close(),
        () => web.closeAllConnections(),
        () => echo.close(),
      );
    }
    return new WebAndEcho(webPort, echoPort, closings);
  }

  close(): void {
    for (const close of this.#closings) close();
  }
}
