import { SluiceError } from '../base/errors.ts';
import type { Clock } from '../runtime/runtime.ts';
import type { Probe, ProbeContext, ProbeResult, ProbeSubject } from './probe.ts';

/** How one probe ended, within its time limit. */
export interface ProbeOutcome {
  readonly result: ProbeResult;
  readonly tookMs: number;
  /** It timed out, and this process noticed so late that the server cannot be blamed. */
  readonly isStalled: boolean;
}

/** The code of a probe that this machine could not carry out: it says nothing about the server. */
export const localFault = 'local-fault';

/** A timer late by more than this, and by a tenth of the time limit, means more than a busy moment. */
const leastStallMs = 50;

/**
 * Runs a check and takes its result, or `timeout` at the time limit. At the limit, or when its owner aborts the
 * controller, it resolves at once; the check itself may end later.
 */
export async function endWithin(
  timeoutMs: number,
  clock: Clock,
  controller: AbortController,
  check: () => Promise<ProbeResult>,
): Promise<ProbeOutcome> {
  const startMs = clock.nowMs();
  const limit = { ok: false, code: 'timeout', reason: `No result within ${timeoutMs} ms` };
  const expired = new Promise<ProbeResult>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(limit), { once: true });
  });
  using _timer = clock.schedule(timeoutMs, () => controller.abort());
  const result = await Promise.race([check(), expired]);
  const tookMs = clock.nowMs() - startMs;
  // What a check says after it was aborted does not matter.
  if (!controller.signal.aborted) return { result, tookMs, isStalled: false };
  return { result: limit, tookMs, isStalled: tookMs - timeoutMs > Math.max(leastStallMs, timeoutMs / 10) };
}

/**
 * Never rejects. A probe that throws, rejects or returns nonsense has failed: `probe-error`. An error
 * `SLUICE_ERR_PROBE` says that the probe could not be carried out: `local-fault`.
 */
export async function checkSafely(
  probe: Probe,
  subject: ProbeSubject,
  context: ProbeContext,
): Promise<ProbeResult> {
  try {
    const result: unknown = await probe.check(subject, context);
    if (isProbeResult(result)) return result;
    return probeError(`The ${probe.kind} probe returned no result: { ok, code, reason } is expected`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!SluiceError.is(error) || error.code !== 'SLUICE_ERR_PROBE') return probeError(reason);
    return { ok: false, code: localFault, reason: reason.slice(0, 300) };
  }
}

function probeError(reason: string): ProbeResult {
  return { ok: false, code: 'probe-error', reason: reason.slice(0, 300) };
}

function isProbeResult(value: unknown): value is ProbeResult {
  if (typeof value !== 'object' || value === null) return false;
  const { ok, code, reason } = value as Partial<ProbeResult>;
  return typeof ok === 'boolean' && typeof code === 'string' && typeof reason === 'string';
}
