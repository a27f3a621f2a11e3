import { Listener } from '../../../src/listener/listener.ts';
import type { Plan } from './plan.ts';
import { PlannedClient } from './planned-client.ts';
import { PlannedServer } from './planned-server.ts';
import { Script } from './script.ts';
import type { Stage } from './stage.ts';

/** A play that takes longer hangs: everything in it takes milliseconds, and time limits are below this. */
const limitMs = 12_000;
/** Time limits of the service: longer than any pause of a client or server. */
const timeoutMs = 5_000;

/** Plays a plan through a service. @returns every difference between what was sent and what was received */
export async function play(plan: Plan, stage: Stage): Promise<readonly string[]> {
  const script = new Script(plan);
  const listeners = await Promise.all(
    Array.from({ length: plan.serverCount }, () =>
      stage.ends.listen({ host: stage.serverHost, port: 0 }, new PlannedServer(stage, script)),
    ),
  );
  const service = new Listener({
    name: 'FUZZ',
    host: stage.serviceHost,
    port: 0,
    mode: 'http',
    engine: stage.engine,
    runtime: stage.runtime,
    pool: {
      servers: listeners.map(({ port }, index) => ({
        name: `S${index}`,
        host: stage.serverHost,
        port,
        maxSessions: plan.maxSessions,
      })),
      passiveHealth: false,
    },
    headTimeoutMs: timeoutMs,
    bodyTimeoutMs: timeoutMs,
    responseTimeoutMs: timeoutMs,
    abortOnClientEnd: false,
  });
  service.on('handlerFailed', ({ event }) => {
    script.differs(`a handler of ${event} threw`);
  });
  await service.start();
  const clients = plan.clients.map((client) => new PlannedClient(stage, script, client, service.port));
  for (const client of clients) client.start();
  await stage.until(() => script.differences.length > 0 || clients.every(({ isDone }) => isDone), limitMs);
  for (const [index, client] of clients.entries()) {
    if (!client.isDone && script.differences.length === 0)
      script.differs(`client ${index} hangs at ${client.description}`);
  }
  if (script.differences.length === 0) await judgeRemains(service, stage, script);
  script.isOver = true;
  const stopped = service.stop({ graceMs: 0 });
  await Promise.all(listeners.map((listener) => listener.close()));
  let isStopped = false;
  void stopped.then(() => {
    isStopped = true;
  });
  if (!(await stage.until(() => isStopped, limitMs))) script.differences.push('the service does not stop');
  return script.differences;
}

/** After everybody is done, nothing is held for anybody. */
async function judgeRemains(service: Listener, stage: Stage, script: Script): Promise<void> {
  const leases = (): number => service.pool.servers.reduce((sum, { sessions }) => sum + sessions, 0);
  if (!(await stage.until(() => leases() === 0, limitMs))) script.differs(`${leases()} leases are left`);
  // A client that only just got its last response lingers.
  if (!(await stage.until(() => service.overview().sessions === 0, 2 * limitMs)))
    script.differs(`${service.overview().sessions} client connections are left`);
  if (service.overview().queued > 0) script.differs('somebody still waits for a server');
}
