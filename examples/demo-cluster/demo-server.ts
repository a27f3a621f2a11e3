import { Archive, type StoredInstance } from './archive.ts';
import { DicomAcceptor } from './dicom-acceptor.ts';
import type { DicomStores } from './dicom-operation.ts';
import { NetbiosNames } from './netbios-names.ts';
import { NetbiosResponder } from './netbios-responder.ts';
import { emptyStatistics, type ServerStatistics } from './server-statistics.ts';
import { WebPortal } from './web-portal.ts';
import { demoStudies, worklistOf } from './worklist.ts';

/** The ports of one INFINITT-like server; `check` is TCP and UDP. */
export interface DemoPorts {
  readonly web: number;
  readonly dicom: number;
  readonly query: number;
  readonly mwl: number;
  readonly check: number;
}

export const demoServiceNames = [
  'web',
  'dicom',
  'query',
  'mwl',
  'check',
] as const satisfies (keyof DemoPorts)[];

export interface DemoServerOptions {
  /** At most 15 characters, so that it is a NetBIOS name and a DICOM version name too. */
  readonly name: string;
  /** A loopback IPv4 address. */
  readonly host: string;
  readonly ports: DemoPorts;
  /** Associations for other AE titles are rejected. @default any is taken */
  readonly calledAe?: string;
  /** The day of the worklist and of the demo studies, `YYYYMMDD`. @default today */
  readonly date?: string;
}

/** Something that listens on one port. */
interface PortService {
  listen(host: string, port: number): Promise<void>;
  stop(graceMs: number): Promise<void>;
  kill(): Promise<void>;
}

/**
 * One server as INFINITT PACS has them: web portal, three DICOM ports and the NetBIOS name service, with
 * fictitious data in memory. It can be stopped, killed, and started again on its ports.
 *
 * The archive and the statistics outlive a restart, as on a disk; sessions of the portal do not.
 */
export class DemoServer {
  readonly name: string;
  readonly host: string;
  readonly ports: DemoPorts;
  readonly #calledAe: string | undefined;
  readonly #stores: DicomStores & { readonly archive: Archive };
  #services: readonly PortService[] = [];

  /** @throws RangeError for a name of more than 15 characters */
  constructor(options: DemoServerOptions) {
    if (!/^[!-~]{1,15}$/.test(options.name)) {
      throw new RangeError(`name: expected 1 to 15 printable characters, got '${options.name}'`);
    }
    this.name = options.name;
    this.host = options.host;
    this.ports = options.ports;
    this.#calledAe = options.calledAe;
    const date = options.date ?? today();
    const archive = new Archive(demoStudies(date));
    this.#stores = { archive, worklist: worklistOf(date), statistics: emptyStatistics() };
  }

  get statistics(): Readonly<ServerStatistics> {
    return this.#stores.statistics;
  }

  /** What C-STORE brought, oldest first. */
  get storedInstances(): readonly StoredInstance[] {
    return this.#stores.archive.instances;
  }

  get isRunning(): boolean {
    return this.#services.length > 0;
  }

  /** Listens on all ports, or on none and rejects. */
  async start(): Promise<void> {
    if (this.isRunning) return;
    const services = this.#build();
    this.#services = Object.values(services);
    try {
      for (const name of demoServiceNames) await services[name].listen(this.host, this.ports[name]);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** Takes no new connections, waits for those that stand, and drops them after `graceMs`. */
  async stop({ graceMs = 1000 }: { readonly graceMs?: number } = {}): Promise<void> {
    await this.#end((service) => service.stop(graceMs));
  }

  /** Drops everything at once, as a process that dies does. */
  async kill(): Promise<void> {
    await this.#end((service) => service.kill());
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async #end(how: (service: PortService) => Promise<void>): Promise<void> {
    const services = this.#services;
    this.#services = [];
    await Promise.all(services.map(how));
  }

  #build(): Record<keyof DemoPorts, PortService> {
    const { statistics } = this.#stores;
    const acceptor = (): DicomAcceptor =>
      new DicomAcceptor({ serverName: this.name, calledAe: this.#calledAe }, this.#stores);
    return {
      web: new WebPortal(this.name, statistics),
      dicom: acceptor(),
      query: acceptor(),
      mwl: acceptor(),
      check: new NetbiosResponder(new NetbiosNames(this.name, this.host), statistics),
    };
  }
}

function today(): string {
  const now = new Date();
  const digits = (value: number, length: number): string => String(value).padStart(length, '0');
  return digits(now.getFullYear(), 4) + digits(now.getMonth() + 1, 2) + digits(now.getDate(), 2);
}
