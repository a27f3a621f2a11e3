import { Balancer, infinittPreset } from '../../src/index.ts';
import { startOrthancs, type Orthanc } from './orthanc.ts';

/** The virtual address of the tests: on every Linux machine, and nobody's. */
export const vip = '127.0.0.10';

/**
 * The guide's own DICOM ports (104, 105, 204) where this process may bind them, else free ones. The portal takes
 * a free one: machines that run tests often have a web server.
 */
const dicomPorts = process.getuid?.() === 0 ? {} : { dicom: 0, query: 0, mwl: 0 };

/** Sluice's INFINITT preset in front of Orthancs, one for each INFINITT node: PACS1, PACS2, … */
export class InfinittDeployment {
  readonly balancer: Balancer;
  readonly orthancs: readonly Orthanc[];

  private constructor(balancer: Balancer, orthancs: readonly Orthanc[]) {
    this.balancer = balancer;
    this.orthancs = orthancs;
  }

  static async start(count: number): Promise<InfinittDeployment> {
    const orthancs = await startOrthancs(count, { worklist: ['ACC1', 'ACC2'] });
    const preset = infinittPreset({
      vip,
      ports: { web: 0, check: 0, ...dicomPorts },
      servers: orthancs.map(({ name, httpPort: web, dicomPort: dicom }) => {
        return { name, host: '127.0.0.1', ports: { web, dicom, query: dicom, mwl: dicom, check: dicom } };
      }),
    });
    // Orthanc answers HEAD with 404, whatever is asked for.
    const healthCheck = { probe: { kind: 'http', method: 'GET', path: '/system' } } as const;
    const balancer = new Balancer({
      ...preset,
      services: preset.services.map((service) =>
        service.mode === 'http' ? { ...service, healthCheck } : service,
      ),
    });
    const deployment = new InfinittDeployment(balancer, orthancs);
    try {
      await balancer.start();
    } catch (error) {
      await deployment.stop();
      throw error;
    }
    return deployment;
  }

  /** The port that a service listens on. */
  portOf(service: 'INFINITT_Web' | 'DICOM' | 'QUERY' | 'MWL'): number {
    const found = this.balancer.overview().services.find(({ name }) => name === service);
    const port = found?.listeners[0]?.port;
    if (port === undefined) throw new Error(`${service} does not listen`);
    return port;
  }

  /** The Orthanc of a name. */
  orthanc(name: string | undefined): Orthanc {
    const found = this.orthancs.find((orthanc) => orthanc.name === name);
    if (found === undefined) throw new Error(`there is no ${String(name)}`);
    return found;
  }

  async stop(): Promise<void> {
    await this.balancer.stop({ graceMs: 0 });
    await Promise.all(this.orthancs.map((orthanc) => orthanc.stop()));
  }
}
