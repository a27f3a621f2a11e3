import { runWrk } from '../load/wrk.ts';
import { firstCookie } from '../proof/http-client.ts';
import { proveBodies, proveHttp } from '../proof/http-proof.ts';
import { httpMissing } from '../site.ts';
import { browserCookies, browserHeaders } from './browser-headers.ts';
import {
  httpSubjects,
  measureCpu,
  observedSubject,
  perUnit,
  tcpSubjects,
  type Workload,
} from './workload.ts';

/** How one kind of HTTP load differs from another. */
interface HttpLoad {
  readonly path: string;
  readonly connections: number;
  readonly headers: readonly string[];
  /** Cookies besides the one of persistence, which every request carries. */
  readonly cookies?: string;
}

/** HTTP through a subject in TCP mode: what it carries does not matter to it. */
function throughTcp(
  id: string,
  title: string,
  unit: string,
  headers: readonly string[],
  subjects: readonly string[] = tcpSubjects,
): Workload {
  return {
    id,
    title,
    costUnit: `CPU µs per ${unit}`,
    rateUnit: `${unit}s/s`,
    subjects,
    missing: httpMissing,
    kept: { order: (site) => ({ carried: 'tcp', servers: site.httpServers() }), prove: proveBodies },
    async sample({ running, milliseconds }) {
      const { port } = running.address;
      const load = { port, path: '/', connections: 32, milliseconds, headers };
      return perUnit(await measureCpu(running, () => runWrk(load)));
    },
  };
}

/** HTTP mode over kept connections, with persistence by cookie and source address. */
function throughHttp(id: string, title: string, load: HttpLoad): Workload {
  const { cookies, headers, ...rest } = load;
  const hasBodies = load.path === '/1m';
  return {
    id,
    title,
    costUnit: 'CPU µs per request',
    rateUnit: 'requests/s',
    subjects: [...httpSubjects, hasBodies ? 'nginx-large-buffers' : observedSubject],
    missing: httpMissing,
    isLong: hasBodies,
    kept: {
      order: (site) => ({ carried: 'http', servers: site.httpServers(), bulk: hasBodies }),
      prove: proveHttp,
    },
    async sample({ running, milliseconds }) {
      const { port } = running.address;
      const sent = [cookies, await firstCookie(running.address)].filter((cookie) => cookie !== undefined);
      const all = sent.length === 0 ? headers : [...headers, `Cookie: ${sent.join('; ')}`];
      const request = { ...rest, port, milliseconds, headers: all };
      return perUnit(await measureCpu(running, () => runWrk(request)));
    },
  };
}

export const httpWorkloads: readonly Workload[] = [
  throughTcp(
    'connections',
    'New connections, one small exchange each, TCP mode',
    'connection',
    ['Connection: close'],
    [...tcpSubjects, observedSubject],
  ),
  throughTcp('tcp-requests', 'Small requests over 32 kept connections, TCP mode', 'request', []),
  throughHttp('http-small', 'HTTP, 32 kept connections, small heads', {
    path: '/',
    connections: 32,
    headers: [],
  }),
  throughHttp('http-browser', "HTTP, 32 kept connections, a browser's heads", {
    path: '/',
    connections: 32,
    headers: browserHeaders,
    cookies: browserCookies,
  }),
  throughHttp('http-bodies', 'HTTP, 8 kept connections, bodies of 1 MiB', {
    path: '/1m',
    connections: 8,
    headers: [],
  }),
];
