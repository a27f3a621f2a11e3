import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemon } from '../launch/daemon.ts';
import { nginxPlan, temporaryPaths } from '../launch/nginx.ts';
import type { RunningSubject } from '../subject.ts';

export const bodyBytes = 1 << 20;

/** Random, so that a proxy cannot deliver it by accident. */
export const bodyContent = randomBytes(bodyBytes);

/**
 * The HTTP servers behind the subjects: one nginx, on every loopback address, because nothing else is fast enough
 * not to be what is measured. `/` is small, `/1m` a body of 1 MiB, `/whoami` tells the server's address and what
 * it was told of the client, `/echo` returns the request's body.
 */
export function startOrigin(echoPort: number): Promise<RunningSubject> {
  return startDaemon(
    nginxPlan((port, folder) => {
      writeFileSync(join(folder, '1m'), bodyContent);
      return `http {
  access_log off;
  ${temporaryPaths(folder)}
  sendfile on;
  tcp_nopush on;
  open_file_cache max=10;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  client_body_buffer_size 1m;
  server {
    listen 0.0.0.0:${port} backlog=4096;
    location = / { return 200 "hello from a server"; }
    location = /1m { root ${folder}; }
    location = /whoami { return 200 "$server_addr|$http_x_forwarded_for"; }
    location = /echo { proxy_pass http://127.0.0.1:${echoPort}; }
  }
}`;
    }),
  );
}
