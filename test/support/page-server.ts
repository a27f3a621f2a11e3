import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { Admin } from '../../src/admin/admin.ts';
import type { Role } from '../../src/admin/roles.ts';
import { PasswordHasher } from '../../src/admin/users/password-hasher.ts';
import { withUser } from '../../src/admin/users/user-changes.ts';
import { UserStore } from '../../src/admin/users/user-store.ts';
import type { ControlServer } from '../../src/control/control-server.ts';
import type { Balancer } from '../../src/index.ts';

/** Their passwords are their names. */
const roles: Readonly<Record<string, Role>> = { mkim: 'admin', slee: 'operator', guest: 'viewer' };

/** Has the password `fresh`, which a program made. */
const freshUser = 'fresh';

/** The administration of a balancer in a server of its own, whose connections may break. For development and tests. */
export class PageServer {
  readonly address: string;
  readonly #admin: Admin;
  readonly #server: Server;
  readonly #link: Link;

  private constructor(admin: Admin, server: Server, link: Link) {
    this.#admin = admin;
    this.#server = server;
    this.#link = link;
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  /** @param folder for users and the audit log */
  static async open(
    balancer: Balancer,
    control: ControlServer,
    folder: string,
    port: number,
  ): Promise<PageServer> {
    const store = await UserStore.open(join(folder, 'users.json'));
    const password = await new PasswordHasher().hash(freshUser);
    await store.change(withUser({ name: freshUser, role: 'admin', password, mustChangePassword: true }));
    const admin = await Admin.open(balancer, {
      ...{ folder, control, listen: false },
      authenticate: ({ user, password: given }) => (given === user ? roles[user] : undefined),
    });
    const handle = admin.handler();
    const link = { isLost: false };
    const server = createServer((request, response) => {
      if (link.isLost) request.socket.destroy();
      else handle(request, response);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new PageServer(admin, server, link);
  }

  /** Every connection breaks, and no other comes until `restore`. */
  loseConnections(): void {
    this.#link.isLost = true;
    this.#server.closeAllConnections();
  }

  restore(): void {
    this.#link.isLost = false;
  }

  async close(): Promise<void> {
    await this.#admin.close();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

/** Whether the server can be reached. */
interface Link {
  isLost: boolean;
}
