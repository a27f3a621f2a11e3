/** Aborts at Ctrl-C, at SIGTERM, and when nobody reads the output any more. */
export function untilInterrupted(): AbortController {
  const interrupted = new AbortController();
  const abort = (): void => interrupted.abort();
  process.once('SIGINT', abort).once('SIGTERM', abort);
  process.stdout.once('error', abort);
  return interrupted;
}
