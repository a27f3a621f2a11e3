import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, freePorts } from './daemon.ts';
import { dataSetOf, writeWorklistFile } from './dicom-files.ts';
import { dcmtkEnv } from './real-software.ts';

/** Another DICOM application, as Orthanc's `/modalities` knows it. */
export interface DicomModality {
  readonly aet: string;
  readonly host: string;
  readonly port: number;
}

export interface OrthancOptions {
  /** What it is called. */
  readonly name: string;
  /** @default 'PACS' */
  readonly aet?: string;
  /** Accession numbers of the worklist items that it offers. @default none */
  readonly worklist?: readonly string[];
}

/**
 * One Orthanc with a store of its own in a temporary folder: a web server, and DICOM storage, query, retrieve,
 * modality worklist and storage commitment on one port. It knows nothing of others but what
 * {@link Orthanc.addModality} tells it.
 */
export class Orthanc {
  readonly name: string;
  readonly aet: string;
  readonly httpPort: number;
  readonly dicomPort: number;
  readonly #folder: string;
  readonly #daemon: Daemon;

  private constructor(options: OrthancOptions, ports: OrthancPorts, folder: string, daemon: Daemon) {
    this.name = options.name;
    this.aet = options.aet ?? 'PACS';
    this.httpPort = ports.http;
    this.dicomPort = ports.dicom;
    this.#folder = folder;
    this.#daemon = daemon;
  }

  /** Resolves once it answers. Needs the Debian packages orthanc and dcmtk. */
  static async start(options: OrthancOptions): Promise<Orthanc> {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-orthanc-'));
    const worklist = join(folder, 'worklist');
    mkdirSync(worklist);
    for (const accession of options.worklist ?? []) await writeWorklistFile(worklist, accession);
    const [http = 0, dicom = 0] = await freePorts(2);
    const ports = { http, dicom };
    const configFile = join(folder, 'orthanc.json');
    writeFileSync(configFile, JSON.stringify(configure(options, ports, folder)));
    try {
      const daemon = await Daemon.start({
        command: 'Orthanc',
        args: [configFile],
        logFile: join(folder, 'log'),
        // Orthanc is built on DCMTK.
        env: dcmtkEnv,
        isReady: async () => (await fetch(`http://127.0.0.1:${http}/system`)).ok,
      });
      return new Orthanc(options, ports, folder, daemon);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Lets it call another application by name, and be called by it. */
  async addModality(name: string, { aet, host, port }: DicomModality): Promise<void> {
    await this.request('PUT', `/modalities/${name}`, { AET: aet, Host: host, Port: port });
  }

  /** Stores a DICOM file by way of its web server. */
  async addInstance(file: Buffer): Promise<void> {
    const { ok, status } = await fetch(`${this.url}/instances`, { method: 'POST', body: file });
    if (!ok) throw new Error(`${this.name} did not take a file: ${status}`);
  }

  /** What it stores: the SHA-256 of each object's data set by SOP instance UID. */
  async instances(): Promise<ReadonlyMap<string, string>> {
    const listed = (await this.request('GET', '/instances?expand')) as readonly ListedInstance[];
    const found = new Map<string, string>();
    for (let at = 0; at < listed.length; at += instancesAtOnce) {
      const some = listed.slice(at, at + instancesAtOnce);
      const dataSets = await Promise.all(some.map(({ ID }) => this.#dataSet(ID)));
      for (const [index, dataSet] of dataSets.entries()) {
        const uid = some[index]?.MainDicomTags.SOPInstanceUID ?? '';
        found.set(uid, createHash('sha256').update(dataSet).digest('hex'));
      }
    }
    return found;
  }

  /** How many objects it stores. */
  async countInstances(): Promise<number> {
    return ((await this.request('GET', '/instances')) as readonly string[]).length;
  }

  /** Asks its REST interface. Rejects unless the answer is a success. */
  async request(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async #dataSet(id: string): Promise<Buffer> {
    const response = await fetch(`${this.url}/instances/${id}/file`);
    return dataSetOf(Buffer.from(await response.arrayBuffer()));
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  /** As a power failure does. What it stored stays until {@link stop}. */
  kill(): Promise<void> {
    return this.#daemon.kill();
  }

  /** Ends it, and removes all that it stored. Idempotent. */
  async stop(): Promise<void> {
    await this.#daemon.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Orthancs that share nothing, named PACS1, PACS2, …, with the AE title PACS. */
export async function startOrthancs(
  count: number,
  options: Omit<OrthancOptions, 'name'> = {},
): Promise<readonly Orthanc[]> {
  const names = Array.from({ length: count }, (_, index) => `PACS${index + 1}`);
  return Promise.all(names.map((name) => Orthanc.start({ ...options, name })));
}

/** Fetched in parallel. */
const instancesAtOnce = 10;

interface OrthancPorts {
  readonly http: number;
  readonly dicom: number;
}

interface ListedInstance {
  readonly ID: string;
  readonly MainDicomTags: { readonly SOPInstanceUID: string };
}

function configure({ name, aet }: OrthancOptions, ports: OrthancPorts, folder: string): object {
  return {
    Name: name,
    StorageDirectory: join(folder, 'store'),
    IndexDirectory: join(folder, 'store'),
    Plugins: ['/usr/share/orthanc/plugins/libModalityWorklists.so'],
    Worklists: { Enable: true, Database: join(folder, 'worklist') },
    HttpPort: ports.http,
    RemoteAccessAllowed: true,
    AuthenticationEnabled: false,
    DicomAet: aet ?? 'PACS',
    DicomPort: ports.dicom,
    DicomCheckCalledAet: true,
    DicomAlwaysAllowFind: true,
    DicomAlwaysAllowFindWorklist: true,
    DicomAlwaysAllowGet: true,
    DicomAlwaysAllowMove: true,
    DicomAssociationCloseDelay: 0,
    // Without dictionaries Orthanc accepts every association and then aborts every message.
    ExternalDictionaries: ['/usr/share/libdcmtk17/dicom.dic', '/usr/share/libdcmtk17/private.dic'],
    Locale: 'C.UTF-8',
  };
}
