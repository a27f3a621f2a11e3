/** Where a service listens, as far as a firewall goes. */
export interface OpenedService {
  readonly name: string;
  readonly mode: 'tcp' | 'http' | 'udp' | 'tcp+udp';
  readonly host: string;
  readonly port: number;
}

/**
 * nftables rules that let in what the services take, answers to what this machine began, ping and neighbour discovery,
 * and nothing else. What goes out is free: the balancer reaches its servers from any port.
 *
 * @param sshPort stays open; undefined closes it as well
 */
export function firewallRules(services: readonly OpenedService[], sshPort: number | undefined): string {
  const accepted = services.flatMap(rulesOf);
  const ssh = sshPort === undefined ? [] : [`tcp dport ${sshPort} accept comment "ssh"`];
  const rules = [
    'ct state established,related accept',
    'ct state invalid drop',
    'iif "lo" accept',
    'meta l4proto { icmp, ipv6-icmp } accept',
    ...ssh,
    ...accepted,
  ];
  return `#!/usr/sbin/nft -f
# Opens just what Sluice needs. Made by \`sluice firewall\`; make it again when the configuration has changed.
table inet sluice
delete table inet sluice
table inet sluice {
  chain input {
    type filter hook input priority filter; policy drop;
${rules.map((rule) => `    ${rule}`).join('\n')}
  }
}
`;
}

function rulesOf({ name, mode, host, port }: OpenedService): readonly string[] {
  const transports = mode === 'tcp+udp' ? ['tcp', 'udp'] : [mode === 'udp' ? 'udp' : 'tcp'];
  const to = destinationOf(host);
  return transports.map((transport) => `${to}${transport} dport ${port} accept comment "${name}"`);
}

function destinationOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '';
  return `${host.includes(':') ? 'ip6' : 'ip'} daddr ${host} `;
}
