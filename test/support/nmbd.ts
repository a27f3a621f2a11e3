import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeNodeStatusResponse, encodeNodeStatusRequest } from '../../src/nbns/node-status.ts';
import { Daemon } from './daemon.ts';
import { requireRoot, run, type DescribeReal } from './real-software.ts';

/** Of the range that RFC 2544 sets aside for tests. */
const network = '198.18.137';

/**
 * A Samba name server that clients and balancers of this machine reach on port 137 of an address of its own.
 *
 * It lives in a network namespace of its own, because every nmbd also binds port 137 of **all** addresses: side by
 * side they would answer for one that is gone, and leave no port 137 for a balancer. A pair of virtual interfaces
 * leads there; both are gone after {@link stop}.
 *
 * Needs root, and the Debian packages samba and iproute2.
 */
export class Nmbd {
  /** Its NetBIOS name: `PACS1`, … All of them are also known as `INFINITT`. */
  readonly name: string;
  readonly host: string;
  readonly #number: number;
  readonly #folder: string;
  readonly #daemon: Daemon;

  private constructor(number: number, folder: string, daemon: Daemon) {
    this.name = nameOf(number);
    this.host = hostOf(number);
    this.#number = number;
    this.#folder = folder;
    this.#daemon = daemon;
  }

  /**
   * Resolves once it answers.
   *
   * @param number 1 to 60, part of its name and address
   */
  static async start(number: number): Promise<Nmbd> {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-nmbd-'));
    const config = join(folder, 'smb.conf');
    const name = { netbiosName: nameOf(number), aliases: ['INFINITT'] };
    writeFileSync(config, nmbdConfig(folder, name, `${hostOf(number)}/30`));
    try {
      await addNamespace(number);
      const nmbd = ['nmbd', '-F', '--no-process-group', '-s', config, '-l', folder, '-d', '1'];
      const daemon = await Daemon.start({
        command: 'ip',
        args: ['netns', 'exec', namespaceOf(number), ...nmbd],
        logFile: join(folder, 'log'),
        isReady: () => answersNodeStatus(hostOf(number)),
      });
      return new Nmbd(number, folder, daemon);
    } catch (error) {
      await removeNamespace(number);
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** As when the service crashes: its port refuses from now on. */
  kill(): Promise<void> {
    return this.#daemon.kill();
  }

  async stop(): Promise<void> {
    await this.#daemon.kill();
    await removeNamespace(this.#number);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The `describe` of tests that need {@link Nmbd}, and further tools of the packages samba-common-bin or nbtscan. */
export function requireNmbd(tools: readonly string[]): DescribeReal {
  return requireRoot(['nmbd', 'ip', ...tools], 'samba, samba-common-bin, nbtscan and iproute2');
}

/** What an earlier run left behind, because it was killed, goes first. */
async function addNamespace(number: number): Promise<void> {
  const namespace = namespaceOf(number);
  const outside = interfaceOf(number);
  await removeNamespace(number);
  for (const command of [
    `netns add ${namespace}`,
    `link add ${outside} type veth peer name inside netns ${namespace}`,
    `address add ${network}.${4 * number + 1}/30 dev ${outside}`,
    `link set ${outside} up`,
    `-netns ${namespace} address add ${hostOf(number)}/30 dev inside`,
    `-netns ${namespace} link set inside up`,
    `-netns ${namespace} link set lo up`,
  ]) {
    const { exitCode, output } = await run('ip', command.split(' '));
    if (exitCode !== 0) throw new Error(`ip ${command}: ${output}`);
  }
}

/** The interfaces first: left to the namespace, they would go some time after it. */
async function removeNamespace(number: number): Promise<void> {
  await run('ip', ['link', 'delete', interfaceOf(number)]);
  await run('ip', ['netns', 'delete', namespaceOf(number)]);
}

function nameOf(number: number): string {
  return `PACS${number}`;
}

function hostOf(number: number): string {
  return `${network}.${4 * number + 2}`;
}

function namespaceOf(number: number): string {
  return `sluice-nmbd-${number}`;
}

function interfaceOf(number: number): string {
  return `sluice${number}`;
}

/** What it is called. */
export interface NetbiosNames {
  readonly netbiosName: string;
  readonly aliases?: readonly string[];
}

/** @param folder for all that it keeps @param address with the length of its prefix */
export function nmbdConfig(
  folder: string,
  { netbiosName, aliases = [] }: NetbiosNames,
  address: string,
): string {
  const folders = ['lock directory', 'state directory', 'cache directory', 'pid directory', 'private dir'];
  return [
    '[global]',
    `netbios name = ${netbiosName}`,
    `netbios aliases = ${aliases.join(' ')}`,
    'workgroup = HOSPITAL',
    `interfaces = ${address}`,
    'bind interfaces only = yes',
    'nmbd bind explicit broadcast = no',
    'local master = no',
    'preferred master = no',
    'domain master = no',
    'wins support = no',
    'dns proxy = no',
    ...folders.map((key) => `${key} = ${folder}`),
    `ncalrpc dir = ${join(folder, 'ncalrpc')}`,
    '',
  ].join('\n');
}

/** Does the name server of an address say which names it has? */
function answersNodeStatus(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (answers: boolean): void => {
      clearTimeout(limit);
      socket.close();
      resolve(answers);
    };
    const limit = setTimeout(finish, 500, false);
    socket.once('error', () => {
      finish(false);
    });
    socket.once('message', (bytes) => {
      const names = decodeNodeStatusResponse(bytes)?.names ?? [];
      finish(names.some((name) => name.text === 'INFINITT'));
    });
    socket.send(encodeNodeStatusRequest(1), 137, host);
  });
}
