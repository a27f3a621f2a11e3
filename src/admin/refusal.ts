import { SluiceError, type ErrorCode } from '../base/errors.ts';

/** Why a call is not answered, with the status and the headers that HTTP has for it. */
export class Refusal extends SluiceError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(code, message, { side: 'client' });
    this.status = status;
    this.headers = headers;
  }
}

/** One text for all reasons: it tells nobody which users there are. */
export function wrongLogIn(): Refusal {
  return new Refusal(401, 'SLUICE_ERR_NOT_LOGGED_IN', 'User or password is wrong');
}

export function notLoggedIn(): Refusal {
  const message = 'Log in first, or send a token that has not expired';
  return new Refusal(401, 'SLUICE_ERR_NOT_LOGGED_IN', message, { 'WWW-Authenticate': 'Bearer' });
}

export function forbidden(message: string): Refusal {
  return new Refusal(403, 'SLUICE_ERR_FORBIDDEN', message);
}

export function tooMany(message: string, waitMs: number): Refusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new Refusal(429, 'SLUICE_ERR_LIMIT', message, { 'Retry-After': String(seconds) });
}
