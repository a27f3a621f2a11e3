import { isIpAddress } from '../../model/address.ts';

/** Names in lower case, and the addresses of each in the order of the file. */
export type HostsTable = ReadonlyMap<string, readonly string[]>;

/**
 * Reads a hosts file (hosts(5)): an address and its names on each line, `#` before comments. A name on several lines
 * has all of their addresses, as with glibc. Lines that make no sense are skipped.
 */
export function parseHosts(text: string): HostsTable {
  const table = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = wordsOf(line);
    if (names.length === 0 || !isIpAddress(address)) continue;
    for (const name of names) addAddress(table, name.toLowerCase(), address);
  }
  return table;
}

function wordsOf(line: string): string[] {
  const comment = line.indexOf('#');
  return (comment < 0 ? line : line.slice(0, comment)).split(/\s+/).filter((word) => word !== '');
}

function addAddress(table: Map<string, string[]>, name: string, address: string): void {
  const known = table.get(name);
  if (known === undefined) table.set(name, [address]);
  else if (!known.includes(address)) known.push(address);
}
