/**
 * How long an address of a host name may leave a connect unanswered before the next one is tried: the time after
 * which TCP asks it again (RFC 6298, section 2).
 */
export const silenceMs = 1_000;
