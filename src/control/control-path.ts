import { mkdirSync, statSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SluiceError } from '../base/errors.ts';

/** Nobody else may open the socket, from the moment that it exists. */
const ownerOnly = 0o177;

/**
 * Where the control socket of this user's balancer is, unless somebody says otherwise: the folder that systemd made
 * for the service (`RuntimeDirectory=`), `/run/sluice` for root, else a folder of the user's own.
 */
export function defaultControlPath(
  env: NodeJS.ProcessEnv = process.env,
  uid = process.getuid?.() ?? 0,
): string {
  const [given] = env['RUNTIME_DIRECTORY']?.split(':') ?? [];
  if (given !== undefined && given !== '') return join(given, 'control.sock');
  if (uid === 0) return '/run/sluice/control.sock';
  const own = env['XDG_RUNTIME_DIR'] ?? '';
  return own === '' ? join(tmpdir(), `sluice-${uid}`, 'control.sock') : join(own, 'sluice', 'control.sock');
}

/**
 * Makes the server listen on a Unix socket of mode 0600. A socket that a dead process left behind is replaced.
 *
 * @throws SluiceError `SLUICE_ERR_ADDRESS_IN_USE`, `SLUICE_ERR_PERMISSION` or `SLUICE_ERR_LISTEN`
 */
export async function claimPath(server: Server, path: string): Promise<void> {
  try {
    makeTrustedFolder(dirname(path), 'the control socket');
    if (isSocket(path)) {
      if (await answers(path)) {
        const message = `Another process answers on the control socket ${path}; stop it, or choose another path`;
        throw new SluiceError('SLUICE_ERR_ADDRESS_IN_USE', message);
      }
      unlinkSync(path);
    }
    await listen(server, path);
  } catch (error) {
    throw SluiceError.is(error) ? error : refusal(path, error as NodeJS.ErrnoException);
  }
}

/**
 * Makes a folder for this user alone, where it is not there.
 *
 * @param of what it is for: `the control socket`
 * @throws SluiceError `SLUICE_ERR_PERMISSION` where it is another user's, who could put files of his own there
 * @throws Error of `node:fs` where it cannot be made
 */
export function makeTrustedFolder(folder: string, of: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (isTrusted(statSync(folder).uid)) return;
  const message = `The folder ${folder} of ${of} belongs to another user; choose another path`;
  throw new SluiceError('SLUICE_ERR_PERMISSION', message);
}

/** Is this root, or the user of this process? */
export function isTrusted(owner: number): boolean {
  const own = process.getuid?.() ?? 0;
  return own === 0 || owner === 0 || owner === own;
}

/** Removes the socket. Idempotent. */
export function releasePath(path: string): void {
  try {
    if (isSocket(path)) unlinkSync(path);
  } catch {
    // Somebody else has removed it.
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const before = process.umask(ownerOnly);
    try {
      server.once('error', reject);
      // Binds before it returns.
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

/** @throws Error where something else than a socket is there */
function isSocket(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (found.isSocket()) return true;
  throw new SluiceError(
    'SLUICE_ERR_LISTEN',
    `${path} is there and no socket; choose another path for the control socket`,
  );
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function refusal(path: string, error: NodeJS.ErrnoException): SluiceError {
  const isForbidden = error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS';
  const code = isForbidden ? 'SLUICE_ERR_PERMISSION' : 'SLUICE_ERR_LISTEN';
  return new SluiceError(code, `The control socket ${path} cannot be made: ${error.message}`, {
    cause: error,
  });
}
