import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address } from '../subject.ts';
import { Affinity } from './affinity.ts';

/** Sends one request to one server. */
export type Forward = (request: IncomingMessage, response: ServerResponse, server: Address) => void;

/** A `node:http` server that picks a server for each request, as a user of a proxy library would write it. */
export async function startHttpFront(servers: readonly Address[], forward: Forward): Promise<Address> {
  const affinity = new Affinity(servers);
  const front = createServer((request, response) => {
    const server = affinity.serverOf(request);
    const cookie = affinity.cookieFor(request, server);
    if (cookie !== undefined) response.appendHeader('Set-Cookie', cookie);
    forward(request, response, server);
  });
  front.keepAliveTimeout = 75_000;
  await once(front.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }), 'listening');
  return { host: '127.0.0.1', port: (front.address() as AddressInfo).port };
}
