import { missingDebian } from '../installed.ts';
import { maxSessions } from '../machine.ts';
import type { Order, Subject } from '../subject.ts';
import { startDaemon } from './daemon.ts';

/** One thread. For large transfers `splice-request` and `splice-response` with 1 MiB pipes: `splice-auto` seldom splices. */
export const haproxy: Subject = {
  name: 'haproxy',
  about: 'one thread; forced splice through 1 MiB pipes for bulk and bodies',
  isNodeProgram: false,
  missing: () => missingDebian('haproxy'),
  start: (order) =>
    startDaemon({
      command: '/usr/sbin/haproxy',
      config: (port) => haproxyConfig(order, port),
      args: (configFile) => ['-db', '-f', configFile],
    }),
};

function haproxyConfig({ carried, servers, bulk }: Order, port: number): string {
  // Splicing takes descriptors for pipes besides those of connections.
  const maxConnections = bulk === true ? 2_000 : maxSessions;
  const splice = bulk === true ? ['option splice-request', 'option splice-response'] : [];
  const http = [
    'option forwardfor',
    'http-reuse always',
    'cookie SERVERID insert indirect nocache',
    'stick-table type ip size 1m expire 30m',
    'stick on src',
  ];
  const serverLines = servers.map(
    (server, index) =>
      `server s${index} ${server.host}:${server.port}${carried === 'http' ? ` cookie s${index}` : ''}`,
  );
  return `global
  nbthread 1
  maxconn ${maxConnections}
  tune.pipesize 1048576
defaults
  mode ${carried}
  maxconn ${maxConnections}
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen bench
  bind 127.0.0.1:${port}
  balance roundrobin
${[...splice, ...(carried === 'http' ? http : []), ...serverLines].map((line) => `  ${line}`).join('\n')}
`;
}
