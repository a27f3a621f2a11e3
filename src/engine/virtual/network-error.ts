/** An error as Node.js makes it of a failed system call. */
export function networkError(code: string, syscall: string, detail = ''): Error {
  const text = detail === '' ? `${syscall} ${code}` : `${syscall} ${code} ${detail}`;
  return Object.assign(new Error(text), { code, syscall });
}
