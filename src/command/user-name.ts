import { userInfo } from 'node:os';

/** Who gives a command: the user of this process, or who called `sudo` to be root. */
export function userName(env: NodeJS.ProcessEnv): string {
  const { SUDO_USER: caller = '' } = env;
  return process.getuid?.() === 0 && caller !== '' ? caller : ownName();
}

function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in /etc/passwd, as in containers.
    return `uid-${String(process.getuid?.())}`;
  }
}
