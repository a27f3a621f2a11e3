import { afterEach, expect, it } from 'vitest';
import { Balancer } from '../../src/index.ts';
import { linuxProblem } from '../../src/engine/linux/self-test.ts';
import { changeAtPace } from '../support/applies/change-at-pace.ts';
import { faultsOf } from '../support/applies/judge.ts';
import {
  serviceNames,
  servicesOf,
  sluiceConfig,
  type ServicePorts,
} from '../support/applies/scene-services.ts';
import { runTraffic } from '../support/applies/scene-traffic.ts';
import { WebAndEcho } from '../support/applies/web-and-echo.ts';
import { DicomReceiver } from '../support/dicom-receiver.ts';
import { requireTools } from '../support/real-software.ts';

/** `npm run applies` is the long form, of a minute. */
const plan = { seconds: 4, applies: 60 };
/** Longer than any session. */
const graceMs = 120_000;
const anyPorts = Object.fromEntries(serviceNames.map((name) => [name, 0])) as ServicePorts;

const closings: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

type Case = readonly [engine: 'linux' | 'portable', workers: number];
const onLinux: readonly Case[] = [
  ['linux', 0],
  ['linux', 2],
];
const isPortable = process.env['SLUICE_ENGINE'] === 'portable' || linuxProblem() !== undefined;
const cases: readonly Case[] = isPortable ? [['portable', 0]] : onLinux;

requireTools(['wrk', 'storescu'], 'wrk and dcmtk')('another configuration again and again', () => {
  it.each(cases)('is noticed by no client, on the %s engine with %d workers', async (engine, workers) => {
    const [webAndEcho, archive, slowArchive] = await Promise.all([
      WebAndEcho.start(),
      DicomReceiver.start('ARCHIVE'),
      DicomReceiver.start('SLOW', '--sleep-during', '1'),
    ]);
    closings.push(
      () => webAndEcho.close(),
      () => archive.stop(),
      () => slowArchive.stop(),
    );
    const { web, echo } = webAndEcho;
    const behind = { web, echo, archive: archive.port, slowArchive: slowArchive.port };
    const numbered = (number: number) => sluiceConfig(servicesOf(number, anyPorts, behind), engine, workers);
    const balancer = new Balancer(numbered(0));
    closings.push(() => balancer.stop({ graceMs: 0 }));
    await balancer.start();
    const listening = balancer.overview().services.map(({ name, listeners: [first] }) => [name, first?.port]);
    const ports = { ...anyPorts, ...(Object.fromEntries(listening) as Partial<ServicePorts>) };

    let number = 0;
    const ended: Promise<void>[] = [];
    const change = (): Promise<void> =>
      new Promise((resolve, reject) => {
        const applied = balancer.apply(numbered(++number), { graceMs, onServing: resolve });
        applied.catch(reject);
        ended.push(applied);
      });
    const [applies, traffic] = await Promise.all([
      changeAtPace('asked', plan, change),
      runTraffic({ seconds: plan.seconds, ports, slowArchive, hasUdp: true }),
    ]);
    // A busy machine makes fewer: how many is no matter here, as long as there are some.
    expect(applies).toBeGreaterThan(3);
    expect(faultsOf(traffic)).toEqual([]);
    await Promise.all(ended);
    expect(balancer.overview().replacedSessions).toBe(0);
  });
});
