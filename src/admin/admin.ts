import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Balancer } from '../balancer/balancer.ts';
import { SluiceError } from '../base/errors.ts';
import { OptionReader } from '../base/options.ts';
import { makeTrustedFolder } from '../control/control-path.ts';
import { ControlServer } from '../control/control-server.ts';
import {
  openControlSubject,
  readControlSubject,
  type ControlSubjectOptions,
} from '../control/control-subject.ts';
import type { ControlSubject } from '../control/route.ts';
import { IpAddress } from '../model/address.ts';
import { hostKey } from '../model/host.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { AdminHandler } from './admin-handler.ts';
import {
  isLoopback,
  readAdminServerOptions,
  type AdminServerOptions,
  type CertificateFiles,
  type ResolvedAdminServerOptions,
} from './admin-options.ts';
import type { AdminSubject } from './admin-route.ts';
import { AdminServer } from './admin-server.ts';
import { AuditLog } from './audit-log.ts';
import { EventFeed } from './events/event-feed.ts';
import { PageFiles } from './http/page-files.ts';
import { keepSelfSigned } from './tls/certificate.ts';
import { Gatekeeper, type Authenticate } from './users/gatekeeper.ts';
import { LogIns } from './users/log-ins.ts';
import { generatePassword } from './users/new-password.ts';
import { PasswordHasher } from './users/password-hasher.ts';
import { withUser } from './users/user-changes.ts';
import { UserStore } from './users/user-store.ts';

/** How a balancer is administrated from browsers and scripts. */
export interface AdminOptions extends AdminServerOptions, ControlSubjectOptions {
  /** Whether it listens; without, `handler()` alone answers, and `host`, `port` and `https` mean nothing. @default true */
  readonly listen?: boolean;
  /**
   * The control socket of the same balancer: both tell of the same orders. It says what
   * {@link ControlSubjectOptions} say, which are not to be given then, but for `runtime`.
   * @default none
   */
  readonly control?: ControlServer;
  /** Asked for users that the users file does not have. @default nobody else is known */
  readonly authenticate?: Authenticate;
}

/** Who may do everything at the first start. */
const firstUser = 'admin';

/**
 * The administration of a balancer: a page, its routes and events, over HTTPS or in another server. Everybody logs in, and the
 * audit log has who ordered what.
 */
export class Admin {
  /** Where the page is; undefined where it does not listen. */
  readonly url: string | undefined;
  /**
   * The password of the user `admin`, where the users file was made just now. It has to be changed at the first log-in, and nobody
   * is told again: tell the administrator.
   */
  readonly firstPassword: string | undefined;
  readonly #server: AdminServer | undefined;
  readonly #parts: Opened;
  #closing: Promise<void> | undefined = undefined;

  private constructor(parts: Opened, server: AdminServer | undefined, firstPassword: string | undefined) {
    this.url = server?.url;
    this.firstPassword = firstPassword;
    this.#server = server;
    this.#parts = parts;
  }

  /**
   * @throws OptionsError for wrong options, or a wrong users file
   * @throws SluiceError `SLUICE_ERR_PERMISSION` where the folder is another user's, or others may read the users file;
   * `SLUICE_ERR_LISTEN` where a certificate cannot be used; as `balancer.start` where the address cannot be had
   */
  static async open(balancer: Balancer, options: AdminOptions): Promise<Admin> {
    const resolved = readAdminOptions(options);
    const { folder, runtime } = resolved;
    makeTrustedFolder(folder, 'the administration');
    const store = await UserStore.open(join(folder, 'users.json'));
    const firstPassword = await makeFirstUser(store, resolved);
    const parts = openParts(balancer, resolved, store);
    try {
      const server = resolved.listen ? await listen(resolved, parts.handler) : undefined;
      return new Admin(parts, server, firstPassword);
    } catch (error) {
      closeParts(parts);
      throw error;
    } finally {
      if (resolved.listen && resolved.https === false && !isLoopback(resolved.host))
        runtime.log(
          'warn',
          'The administration is served over plain HTTP: everybody on the way reads passwords',
        );
    }
  }

  /**
   * Answers requests of another server of `node:http` or `node:https`: all of its paths, or those under a prefix. Give it nothing
   * else's requests. Limits of time and connections are that server's.
   *
   * @param prefix such as `/sluice`
   * @throws SluiceError `SLUICE_ERR_OPTIONS` for a prefix that is no path, or ends with a slash
   */
  handler(prefix = ''): (request: IncomingMessage, response: ServerResponse) => void {
    if (!/^(?:\/[\w.-]+)*$/u.test(prefix))
      throw new SluiceError('SLUICE_ERR_OPTIONS', `A prefix is a path such as /sluice, and not '${prefix}'`);
    return (request, response) => void this.#parts.handler.handle(request, response, prefix);
  }

  /** Ends every call under way, and listens no more. The balancer goes on. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    closeParts(this.#parts);
    await this.#server?.close();
    await this.#parts.audit.settled();
  }
}

interface ResolvedAdminOptions extends ResolvedAdminServerOptions {
  readonly listen: boolean;
  readonly authenticate: Authenticate | undefined;
  readonly runtime: Runtime;
  readonly control: ControlServer | undefined;
  readonly about: ReturnType<typeof readControlSubject>;
}

function readAdminOptions(options: AdminOptions): ResolvedAdminOptions {
  const reader = new OptionReader('admin', options);
  const server = readAdminServerOptions(reader);
  const about = readControlSubject(reader);
  const control = reader.live('control', (value) => value instanceof ControlServer);
  if (reader.has('control') && control === undefined) reader.problem('control', 'a ControlServer');
  for (const key of ['file', 'readFile', 'about', 'recentRecords'])
    if (control !== undefined && reader.has(key))
      reader.problem(key, 'nothing beside `control`, which says it');
  const listen = reader.boolean('listen', { default: true });
  const authenticate = reader.function('authenticate', { default: undefined }) as Authenticate | undefined;
  reader.finish();
  return {
    ...server,
    folder: resolve(server.folder),
    listen,
    authenticate,
    control,
    about,
    runtime: about.runtime,
  };
}

/** What an administration is made of. */
interface Opened {
  readonly handler: AdminHandler;
  readonly events: EventFeed;
  readonly audit: AuditLog;
  /** Hears no more at the end, where it is nobody else's. */
  readonly ownSubject: ControlSubject | undefined;
}

function openParts(balancer: Balancer, options: ResolvedAdminOptions, store: UserStore): Opened {
  const { runtime, authenticate, auditFile, publicMetrics, strictTransport } = options;
  const { clock, log } = runtime;
  const control = options.control?.subject ?? openControlSubject(balancer, options.about);
  const ownSubject = options.control === undefined ? control : undefined;
  const audit = new AuditLog(auditFile, runtime);
  const logIns = new LogIns(clock, options);
  const hasher = new PasswordHasher();
  const gatekeeper = new Gatekeeper({ store, hasher, logIns, audit, runtime, authenticate });
  const events = new EventFeed(control, log);
  const own: AdminSubject = { clock, store, hasher, logIns, gatekeeper, events };
  const hosts = new Set([hostKey(hostname()), ...options.hosts]);
  const page = new PageFiles();
  const handler = new AdminHandler({ control, own, page, audit, log, hosts, publicMetrics, strictTransport });
  return { handler, events, audit, ownSubject };
}

function closeParts({ handler, events, ownSubject }: Opened): void {
  events.close();
  handler.close();
  ownSubject?.log.close();
}

/** @returns the password, where there was no user before */
async function makeFirstUser(
  store: UserStore,
  { authenticate }: ResolvedAdminOptions,
): Promise<string | undefined> {
  if (store.users.length > 0 || authenticate !== undefined) return undefined;
  const generated = generatePassword();
  const password = await new PasswordHasher().hash(generated);
  await store.change(withUser({ name: firstUser, role: 'admin', password, mustChangePassword: true }));
  return generated;
}

function listen(options: ResolvedAdminOptions, handler: AdminHandler): Promise<AdminServer> {
  const { host, port, maxConnections, https, folder, runtime } = options;
  const own: CertificateFiles = {
    certificate: join(folder, 'certificate.pem'),
    key: join(folder, 'key.pem'),
  };
  const certificate = https === 'selfSigned' ? own : https === false ? undefined : https;
  const renew = async (): Promise<void> => {
    if (https === 'selfSigned') await keepSelfSigned(own, hostsOf(options), runtime.clock.wallMs());
  };
  return AdminServer.open(
    { host, port, maxConnections, certificate, renew },
    runtime,
    (request, response) => {
      void handler.handle(request, response, '');
    },
  );
}

/** What a certificate that is made here is for. */
function hostsOf({ host, hosts }: ResolvedAdminOptions): readonly string[] {
  const isAny = IpAddress.parse(host)?.isUnspecified === true;
  return [
    ...new Set([...hosts, hostKey(hostname()), 'localhost', '127.0.0.1', '::1', ...(isAny ? [] : [host])]),
  ];
}
