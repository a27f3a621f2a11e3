/**
 * The five services of an INFINITT PACS deployment, ready to run: `npm run infinitt -- --help`.
 *
 * Without `--server`, a demo cluster of three INFINITT-like servers in this process stands behind them.
 */
import {
  Balancer,
  SluiceError,
  infinittPorts,
  infinittPreset,
  systemRuntime,
  type InfinittServer,
} from 'sluice';
import { startDemoCluster, type DemoCluster } from './demo-cluster/demo-cluster.ts';
import { readCommandLine, type Settings } from './infinitt/command-line.ts';
import { printEvents, printServices, showOverview } from './infinitt/console-view.ts';
import { choosePorts } from './infinitt/port-choice.ts';
import { selfTest } from './infinitt/self-test.ts';
import { surviveTerminal } from './infinitt/terminal.ts';

async function run(settings: Settings): Promise<number> {
  const vip = settings.vip ?? '127.0.0.1';
  const isDemo = settings.servers.length === 0;
  const wanted = { ...infinittPorts, ...settings.ports };
  const { ports, notice } = await choosePorts(vip, wanted, settings.portOffset, isDemo);
  if (notice !== undefined) console.error(notice);

  const cluster = isDemo ? await startDemoCluster() : undefined;
  const { engine } = settings;
  // Moved or not, the services stand before servers on the ports that they have.
  const serverPorts = { ...wanted, ...settings.serverPorts };
  try {
    const config = infinittPreset({
      vip,
      servers: cluster?.servers.map(asServer) ?? settings.servers,
      ports,
      serverPorts,
      engine,
    });
    const log = (_level: string, message: string): void => console.error(message);
    await using balancer = new Balancer(config, { runtime: { ...systemRuntime, log } });
    if (settings.json) printEvents(balancer);
    await balancer.start();
    return settings.selfTest
      ? await selfTest(balancer, cluster)
      : await serve(balancer, cluster, settings.json);
  } finally {
    await cluster?.stop();
  }
}

/** A demo server as the preset wants it: it listens on ports of its own. */
function asServer({ name, host, ports }: DemoCluster['servers'][number]): InfinittServer {
  return { name, host, ports };
}

/** Runs until it is told to stop; sessions under way then have ten seconds. */
async function serve(balancer: Balancer, cluster: DemoCluster | undefined, json: boolean): Promise<number> {
  if (!json) {
    if (cluster !== undefined) console.log('A demo cluster of three servers runs in this process.');
    printServices(balancer);
  }
  const hide = json ? undefined : showOverview(balancer);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
  });
  hide?.();
  await balancer.stop({ graceMs: 10_000 });
  return 0;
}

surviveTerminal();
const settings = readCommandLine(process.argv.slice(2));
try {
  process.exitCode = typeof settings === 'number' ? settings : await run(settings);
} catch (error) {
  if (!SluiceError.is(error)) throw error;
  console.error(error.message);
  process.exitCode = error.code === 'SLUICE_ERR_OPTIONS' ? 2 : 1;
}
