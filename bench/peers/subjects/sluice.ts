/** Sluice itself: `--engine portable|linux`, `--build dist|src`, one service on one thread. */
import type * as Sluice from '../../../src/index.ts';
import type { Address, Order } from '../subject.ts';
import { runProgram } from './program.ts';

await runProgram(async ({ order, engine, build }) => {
  const entry = build === 'dist' ? '../../../dist/index.js' : '../../../src/index.ts';
  const sluice = (await import(new URL(entry, import.meta.url).href)) as typeof Sluice;
  const service = makeService(sluice, order, (engine ?? 'auto') as Sluice.EngineKind);
  await service.start();
  return { host: service.host, port: service.port };
});

interface Startable extends Address {
  start(): Promise<void>;
}

function makeService(sluice: typeof Sluice, order: Order, engine: Sluice.EngineKind): Startable {
  const servers = order.servers.map((server, index) => ({ name: `s${index}`, ...server }));
  const common = { name: 'bench', host: '127.0.0.1', port: 0, engine, pool: { servers } };
  switch (order.carried) {
    case 'udp':
      return new sluice.SnatUdpForwarder(common);
    case 'tcp': {
      const persistence =
        order.tableEntries === undefined ? sluice.none() : filledTable(sluice, order.tableEntries);
      return new sluice.Listener({ ...common, mode: 'tcp', backlog: 4096, persistence });
    }
    case 'http': {
      const persistence = sluice.chain(sluice.httpCookie(), sluice.sourceIp());
      return new sluice.Listener({ ...common, mode: 'http', backlog: 4096, persistence });
    }
  }
}

/** Source IP persistence that already knows that many clients of 10.0.0.0/8. */
function filledTable(sluice: typeof Sluice, entries: number): Sluice.SourceIp {
  const persistence = sluice.sourceIp();
  const nowMs = sluice.systemRuntime.clock.nowMs();
  for (let client = 0; client < entries; client++) {
    persistence.table.put(0, 0, 0xffff, 0x0a00_0000 + client, 's0', nowMs);
  }
  return persistence;
}
