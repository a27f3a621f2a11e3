/** As `dns.getDefaultResultOrder` has it. */
export type ResultOrder = 'ipv4first' | 'ipv6first' | 'verbatim';

/**
 * The addresses of a name in the order in which to try them, each family as it was told.
 *
 * @param hasIpv6 whether this machine has an IPv6 address that others can reach: the first family is the one that
 * likely works, as RFC 6724 means its rules. Asked only where it matters.
 */
export function orderFamilies(
  v4: readonly string[],
  v6: readonly string[],
  order: ResultOrder,
  hasIpv6: () => boolean,
): readonly string[] {
  if (v4.length === 0 || v6.length === 0) return [...v4, ...v6];
  const isV6First = order === 'verbatim' ? hasIpv6() : order === 'ipv6first';
  return isV6First ? [...v6, ...v4] : [...v4, ...v6];
}

/** A global address (2000::/3) or one of the organization's own (fc00::/7, RFC 4193). */
export function isReachableIpv6(address: string): boolean {
  return /^(?:[23][0-9a-f]{3}|f[cd][0-9a-f]{2}):/i.test(address);
}

/** Those of the family to connect from, where there are any; all, where no address to connect from is given. */
export function reachableFrom(
  localAddress: string | undefined,
  addresses: readonly string[],
): readonly string[] {
  if (localAddress === undefined) return addresses;
  const reachable = addresses.filter((address) => address.includes(':') === localAddress.includes(':'));
  return reachable.length > 0 ? reachable : addresses;
}
