import { SluiceError } from '../../base/errors.ts';
import type { ProbeResult } from '../probe.ts';

/**
 * What a failed connection or UDP port says about its server.
 *
 * @throws SluiceError `SLUICE_ERR_PROBE` where it says nothing, since the fault is on this machine
 */
export function connectFailure(error: SluiceError): ProbeResult {
  if (error.code === 'SLUICE_ERR_RESET') return failed('reset', error);
  if (error.side === 'local') {
    throw new SluiceError('SLUICE_ERR_PROBE', `The probe could not begin: ${error.message}`, {
      cause: error,
    });
  }
  if (error.code === 'SLUICE_ERR_CONNECT_REFUSED') return failed('refused', error);
  return failed(isTimeout(error) ? 'timeout' : 'unreachable', error);
}

/** The probe was told to end: at its time limit, or because the check stops. */
export function timedOut(endpoint: string): ProbeResult {
  return { ok: false, code: 'timeout', reason: `${endpoint} did not answer in time` };
}

function failed(code: string, error: SluiceError): ProbeResult {
  return { ok: false, code, reason: error.message };
}

/** The system, too, has a limit for how long it tries to connect. */
function isTimeout({ code, cause }: SluiceError): boolean {
  if (code === 'SLUICE_ERR_CONNECT_TIMEOUT') return true;
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ETIMEDOUT';
}
