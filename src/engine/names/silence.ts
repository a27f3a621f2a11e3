/**
 * An address of a host name that does not say for so long whether it takes a connection is left for the next one: the
 * time after which TCP asks it again (RFC 6298, section 2).
 */
export const silenceMs = 1_000;
