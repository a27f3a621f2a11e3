import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DicomReceiver } from '../dicom-receiver.ts';
import { writeSeries } from '../dicom-files.ts';
import { dcmtkEnv, run } from '../real-software.ts';
import { askAgainAndAgain, type AskingOutcome } from './asking-client.ts';
import { echoAgainAndAgain, type EchoOutcome } from './echo-client.ts';
import type { ServiceName } from './scene-services.ts';
import { runWrk, type WrkOutcome } from './wrk.ts';

/** What became of everything that clients asked for. */
export interface TrafficOutcome {
  /** `wrk` on connections that stay, through WEB. */
  readonly kept: WrkOutcome;
  /** `wrk` with a connection for each request, through WEB. */
  readonly closing: WrkOutcome;
  /** The same through PLAIN, in TCP mode. */
  readonly plain: WrkOutcome;
  /** Associations of 50 images each, one after the other. */
  readonly associations: { readonly done: number; readonly failures: readonly string[] };
  /** One image that took all the time and longer: `whole`, or what went wrong. */
  readonly longStore: string;
  /** Undefined where the balancer has no UDP. */
  readonly datagrams: EchoOutcome | undefined;
  /** One client that asks again and again, on new connections. */
  readonly asking: AskingOutcome;
}

export interface TrafficPlan {
  readonly seconds: number;
  readonly ports: Readonly<Record<Exclude<ServiceName, 'QUERY'>, number>>;
  readonly slowArchive: DicomReceiver;
  readonly hasUdp: boolean;
}

/** The long image goes on for so much longer than the rest. */
const longerSeconds = 4;

/** Clients of every kind at once, for some seconds. */
export async function runTraffic({
  seconds,
  ports,
  slowArchive,
  hasUdp,
}: TrafficPlan): Promise<TrafficOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-applies-'));
  try {
    const untilMs = performance.now() + seconds * 1000;
    const isOver = (): boolean => performance.now() >= untilMs;
    const [kept, closing, plain, associations, longStore, datagrams, asking] = await Promise.all([
      runWrk(ports.WEB, seconds),
      runWrk(ports.WEB, seconds, 'Connection: close'),
      runWrk(ports.PLAIN, seconds, 'Connection: close'),
      storeAgainAndAgain(ports.DICOM, folder, isOver),
      storeForLong(ports.SLOW, folder, slowArchive, seconds + longerSeconds),
      hasUdp ? echoAgainAndAgain(ports.NAMES, isOver) : undefined,
      askAgainAndAgain(ports.WEB, isOver),
    ]);
    return { kept, closing, plain, associations, longStore, datagrams, asking };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function storeAgainAndAgain(
  port: number,
  folder: string,
  isOver: () => boolean,
): Promise<TrafficOutcome['associations']> {
  const [file] = await writeSeries(folder, { count: 1 });
  const failures: string[] = [];
  let done = 0;
  while (!isOver()) {
    const { exitCode, output } = await storescu(port, '--repeat', '50', file?.path ?? '');
    if (exitCode === 0) done += 1;
    else failures.push(output);
  }
  return { done, failures };
}

async function storeForLong(
  port: number,
  folder: string,
  archive: DicomReceiver,
  seconds: number,
): Promise<string> {
  // The slow archive takes a second for each 16 KiB, which are 128 × 128 pixels.
  const sidePixels = Math.ceil(128 * Math.sqrt(seconds));
  const [file] = await writeSeries(folder, { count: 1, series: 1, sidePixels });
  // The answer comes later than after the minute for which storescu would wait.
  const { exitCode, output } = await storescu(port, '--socket-timeout', '0', file?.path ?? '');
  if (exitCode !== 0) return `storescu ended with ${exitCode ?? 'a signal'}: ${output}`;
  return archive.received().includes(file?.sha256 ?? '') ? 'whole' : 'arrived changed';
}

/** With less priority than the balancer, as `wrk`. */
function storescu(port: number, ...args: readonly string[]): ReturnType<typeof run> {
  const call = ['-n', '10', 'storescu', '-aec', 'ARCHIVE', '127.0.0.1', String(port), ...args];
  return run('nice', call, { env: dcmtkEnv, timeoutMs: 600_000 });
}
