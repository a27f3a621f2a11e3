import type { SceneService } from './scene-services.ts';

/** The name of this process among those that teach each other stick tables. */
export const localPeer = 'here';

/**
 * The services in HAProxy's words, those of UDP left out: HAProxy 2.6 has none. Set as who reloads it often would: a new
 * process takes the sockets of the old one and learns its stick tables, and a connection that waits for its next request
 * has one more answered.
 */
export function haproxyConfig(services: readonly SceneService[], folder: string, peerPort: number): string {
  return `global
  nbthread 1
  maxconn 4000
  stats socket ${folder}/stats.sock mode 600 level admin expose-fd listeners
defaults
  maxconn 4000
  timeout connect 5s
  timeout client 1h
  timeout server 1h
peers everyone
  peer ${localPeer} 127.0.0.1:${peerPort}
${services
  .filter(({ mode }) => mode !== 'udp')
  .map(section)
  .join('')}`;
}

function section({ name, mode, port, servers, timeoutMs, isSticky }: SceneService): string {
  const lines = [
    `mode ${mode}`,
    `bind 127.0.0.1:${port}`,
    'balance leastconn',
    `timeout queue ${timeoutMs}ms`,
    ...(mode === 'http' ? ['option forwardfor', 'option idle-close-on-response'] : []),
    ...(isSticky ? ['stick-table type ip size 1m expire 30m peers everyone', 'stick on src'] : []),
    ...servers.map((server) => `server ${server.name} ${server.host}:${server.port} weight ${server.weight}`),
  ];
  return `listen ${name}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
