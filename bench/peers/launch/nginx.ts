import { missingDebian } from '../installed.ts';
import { maxSessions } from '../machine.ts';
import type { Address, Order, Subject } from '../subject.ts';
import { startDaemon, type DaemonPlan } from './daemon.ts';

/**
 * One worker, with its defaults or with larger buffers than those, which bulk transfers profit from. The open-source
 * edition has no cookie persistence, so HTTP has `ip_hash` alone.
 */
export function nginx(buffers: 'default' | 'large'): Subject {
  const isLarge = buffers === 'large';
  return {
    name: isLarge ? 'nginx-large-buffers' : 'nginx',
    about: `one worker, ${isLarge ? 'proxy buffers of 64 KiB' : 'default buffers'}; HTTP with \`ip_hash\` only`,
    isNodeProgram: false,
    missing: () => missingDebian('nginx', 'libnginx-mod-stream'),
    start: (order) =>
      startDaemon(
        nginxPlan((port, folder) =>
          order.carried === 'http'
            ? httpBlock(order, port, folder, isLarge)
            : streamBlock(order, port, isLarge),
        ),
      ),
  };
}

/** How to run one worker with the given block; also used for the HTTP servers behind the subjects. */
export function nginxPlan(block: (port: number, folder: string) => string): DaemonPlan {
  return {
    command: '/usr/sbin/nginx',
    args: (configFile, folder) => ['-e', 'stderr', '-p', folder, '-c', configFile],
    config: (port, folder) => `
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
user root;
daemon off;
worker_processes 1;
pid ${folder}/pid;
error_log stderr crit;
events { worker_connections ${2 * maxSessions}; }
${block(port, folder)}
`,
  };
}

/** Where nginx may put what it must not put into system folders. */
export function temporaryPaths(folder: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ');
}

function serverLines(servers: readonly Address[]): string {
  return servers.map(({ host, port }) => `server ${host}:${port};`).join(' ');
}

function streamBlock({ carried, servers }: Order, port: number, isLarge: boolean): string {
  // A TCP listener of the same number tells when the UDP one is up.
  const udp = `server { listen 127.0.0.1:${port} udp; proxy_pass servers; proxy_timeout 30s; }
  server { listen 127.0.0.1:${port}; return ""; }`;
  const tcp = `server { listen 127.0.0.1:${port} backlog=4096; proxy_pass servers; proxy_timeout 1h; }`;
  return `stream {
  access_log off;
  ${isLarge ? 'proxy_buffer_size 64k;' : ''}
  upstream servers { ${serverLines(servers)} }
  ${carried === 'udp' ? udp : tcp}
}`;
}

function httpBlock({ servers }: Order, port: number, folder: string, isLarge: boolean): string {
  return `http {
  access_log off;
  ${temporaryPaths(folder)}
  keepalive_requests 1000000000;
  client_max_body_size 0;
  client_body_buffer_size 1m;
  ${isLarge ? 'proxy_buffers 16 64k; proxy_max_temp_file_size 0;' : ''}
  upstream servers { ip_hash; ${serverLines(servers)} keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://servers;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
    }
  }
}`;
}
