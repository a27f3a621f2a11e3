/** Aborts at Ctrl-C, at SIGTERM, and when nobody reads the output any more. Disposed, it hears of these no more. */
export function untilInterrupted(): AbortController & Disposable {
  const interrupted = new AbortController();
  const abort = (): void => interrupted.abort();
  process.once('SIGINT', abort).once('SIGTERM', abort);
  process.stdout.once('error', abort);
  const forget = (): void => {
    process.off('SIGINT', abort).off('SIGTERM', abort);
    process.stdout.off('error', abort);
  };
  return Object.assign(interrupted, { [Symbol.dispose]: forget });
}
