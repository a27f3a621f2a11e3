import { getSystemErrorName } from 'node:util';

/** An error of the system in the shape that Node gives its own, so that one reader understands both. */
export function systemError(call: string, errno: number): Error {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${call} ${code}`), { errno: -errno, code, syscall: call });
}
