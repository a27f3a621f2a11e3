import { constants } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { SluiceError } from '../base/errors.ts';
import { bindError } from '../engine/common/system-errors.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CertificateFiles } from './admin-options.ts';
import { FollowedCertificate } from './tls/followed-certificate.ts';
import type { CertificatePair } from './tls/self-signed.ts';

/** How long connections have to notice that the server closes, milliseconds. */
const noticeMs = 500;

/** Clients that say nothing, or a letter at a time, hold no place for long. */
const timeLimits = {
  headersTimeout: 10_000,
  // A backup may take its time; what is smaller has a limit of its own.
  requestTimeout: 11 * 60_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 1000,
} as const;

/** Nothing is read from, and nothing written to, a connection. Events are told every second. */
const idleMs = 90_000;

/** Encryption that also authenticates, with keys that nobody has afterwards; best settings of Mozilla's "intermediate". */
const tlsOptions = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
  honorCipherOrder: true,
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  handshakeTimeout: 10_000,
} as const;

/** Where the administration listens, and with what certificate. */
export interface AdminPlace {
  readonly host: string;
  readonly port: number;
  readonly maxConnections: number;
  /** Undefined for plain HTTP. */
  readonly certificate: CertificateFiles | undefined;
  /** Called before each look at the certificate. */
  readonly renew: () => Promise<void>;
}

/** The port of an administration. */
export class AdminServer {
  readonly url: string;
  readonly #server: HttpServer | HttpsServer;
  readonly #sockets = new Set<Socket>();
  readonly #runtime: Runtime;
  readonly #certificate: FollowedCertificate | undefined;

  private constructor(
    server: HttpServer | HttpsServer,
    url: string,
    certificate: FollowedCertificate | undefined,
    runtime: Runtime,
  ) {
    this.url = url;
    this.#server = server;
    this.#certificate = certificate;
    this.#runtime = runtime;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    if ('setSecureContext' in server)
      certificate?.follow((pair) => server.setSecureContext({ ...tlsOptions, ...optionsOf(pair) }));
  }

  /** @throws SluiceError where the certificate cannot be used, or the address cannot be had */
  static async open(place: AdminPlace, runtime: Runtime, listener: RequestListener): Promise<AdminServer> {
    const { certificate: files, renew, host } = place;
    const certificate = files && (await FollowedCertificate.open(files, runtime, renew));
    const server =
      certificate === undefined
        ? createHttpServer(timeLimits, listener)
        : createHttpsServer({ ...timeLimits, ...tlsOptions, ...optionsOf(certificate.pair) }, listener);
    server.timeout = idleMs;
    server.maxConnections = place.maxConnections;
    const port = await listen(server, place);
    const url = `${certificate === undefined ? 'http' : 'https'}://${formatEndpoint(host, port)}/`;
    return new AdminServer(server, url, certificate, runtime);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#certificate?.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    // Also those that have not said what they want.
    using _cut = this.#runtime.clock.schedule(noticeMs, () => {
      for (const socket of this.#sockets) socket.destroy();
    });
    await closed;
  }
}

function optionsOf({ certificate, key }: CertificatePair): { readonly cert: string; readonly key: string } {
  return { cert: certificate, key };
}

/** @returns the port */
async function listen(server: HttpServer | HttpsServer, { host, port }: AdminPlace): Promise<number> {
  try {
    await once(server.listen(port, host), 'listening');
    return (server.address() as { readonly port: number }).port;
  } catch (cause) {
    const { code } = bindError('TCP', host, port, cause);
    const text = `The administration cannot listen on ${formatEndpoint(host, port)}: ${(cause as Error).message}`;
    throw new SluiceError(code, text, { cause });
  }
}
