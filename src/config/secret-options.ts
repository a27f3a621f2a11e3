/** The key of cookies; the headers and the environment of a probe, which may have passwords in them. */
const secret = /(?:^|\.)(?:secret|headers|env)(?:\.|$)/u;

/** May an option hold what nobody else is to read? No message shows its value, and a file may refer to another for it. */
export function isSecretOption(path: string): boolean {
  return secret.test(path);
}
