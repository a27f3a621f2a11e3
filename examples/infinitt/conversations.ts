import type { CookieJar } from '../demo-cluster/traffic/cookie-jar.ts';
import { echo, findStudies, findWorklist, storeTinyInstance } from '../demo-cluster/traffic/dicom-client.ts';
import { visit } from '../demo-cluster/traffic/http-client.ts';
import { nodeStatusOverTcp, nodeStatusOverUdp } from '../demo-cluster/traffic/netbios-client.ts';
import type { TrafficTarget } from '../demo-cluster/traffic/traffic-target.ts';

/** One kind of real traffic through one service. */
export interface Conversation {
  readonly service: string;
  /** What is sent, in a few words. */
  readonly what: string;
  /** True where it leaves something behind, or where real servers seldom listen. */
  readonly demoOnly: boolean;
  /** Sends it and checks the answer. @returns one line of detail; @throws Error where the answer is wrong */
  hold(target: TrafficTarget, jar: CookieJar): Promise<string>;
}

const aeTitles = { callingAe: 'SELFTEST', calledAe: 'PACS' };

/** The traffic of the self-test, in the order of the five services. */
export const conversations: readonly Conversation[] = [
  {
    service: 'INFINITT_Web',
    what: 'GET with cookies',
    demoOnly: false,
    hold: async (target, jar) => {
      const { status, visits } = await visit(target, jar);
      if (status !== 200 && status !== 404) throw new Error(`status ${status}`);
      return visits === undefined ? `status ${status}` : `visit ${visits} of one session`;
    },
  },
  {
    service: 'DICOM',
    what: 'C-ECHO',
    demoOnly: false,
    hold: async (target) => {
      await echo({ ...target, ...aeTitles });
      return 'success';
    },
  },
  {
    service: 'DICOM',
    what: 'C-STORE',
    demoOnly: true,
    hold: async (target) => {
      const { sopInstanceUid } = await storeTinyInstance({ ...target, ...aeTitles });
      return `…${sopInstanceUid.slice(-12)} stored`;
    },
  },
  {
    service: 'QUERY',
    what: 'C-FIND, studies',
    demoOnly: false,
    hold: async (target) => `${(await findStudies({ ...target, ...aeTitles })).studies.length} studies`,
  },
  {
    service: 'MWL',
    what: 'C-FIND, worklist',
    demoOnly: false,
    hold: async (target) => `${(await findWorklist({ ...target, ...aeTitles })).items.length} entries`,
  },
  {
    service: 'INFINITT_Check',
    what: 'node status, UDP',
    demoOnly: false,
    hold: async (target) => (await nodeStatusOverUdp(target)).names.slice(0, 3).join(' '),
  },
  {
    service: 'INFINITT_Check',
    what: 'node status, TCP',
    demoOnly: true,
    hold: async (target) => (await nodeStatusOverTcp(target)).names.slice(0, 3).join(' '),
  },
];
