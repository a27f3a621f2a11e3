import { execFile } from 'node:child_process';

/**
 * Tells systemd how the service is (sd_notify(3)). Elsewhere, nothing. Node.js has no Unix datagram sockets, so
 * `systemd-notify` sends it; the unit has `NotifyAccess=all` for that.
 */
export function notifySystemd(state: 'READY=1' | 'STOPPING=1', env: NodeJS.ProcessEnv): void {
  if ((env['NOTIFY_SOCKET'] ?? '') === '') return;
  execFile('systemd-notify', [state], { env }, () => undefined);
}
