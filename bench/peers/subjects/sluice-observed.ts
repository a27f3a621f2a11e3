/** Sluice with all that an operator may have on: `--log FILE` for access records, and `--engine` and `--build` as without. */
import type * as Sluice from '../../../src/index.ts';
import type { Carried } from '../subject.ts';
import { runProgram } from './program.ts';

/** Three times as often as Prometheus asks by default. */
const scrapeMs = 5_000;

const modes = {
  udp: { mode: 'udp' },
  tcp: { mode: 'tcp', backlog: 4096 },
  http: {
    mode: 'http',
    backlog: 4096,
    persistence: { kind: 'chain', of: [{ kind: 'httpCookie' }, { kind: 'sourceIp' }] },
  },
} as const satisfies Record<Carried, Partial<Sluice.ServiceConfig>>;

const silent: Sluice.EventLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

await runProgram(async ({ order, engine, build, log }) => {
  if (log === undefined) throw new Error('--log is missing');
  const entry = build === 'dist' ? '../../../dist/index.js' : '../../../src/index.ts';
  const sluice = (await import(new URL(entry, import.meta.url).href)) as typeof Sluice;
  const servers = order.servers.map((server, index) => ({ name: `s${index}`, ...server }));
  const service = { name: 'bench', host: '127.0.0.1', port: 0, servers, ...modes[order.carried] };
  const balancer = new sluice.Balancer({
    engine: (engine ?? 'auto') as Sluice.EngineKind,
    services: [service],
  });
  balancer.accessLog({ to: log });
  sluice.logEvents(balancer, silent);
  const { metrics } = balancer;
  setInterval(() => metrics.text(), scrapeMs);
  await balancer.start();
  const [listener] = balancer.overview().services[0]?.listeners ?? [];
  if (listener === undefined) throw new Error('the balancer has no service');
  return { host: listener.host, port: listener.port };
});
