import { bulkWorkloads } from './bulk.ts';
import { coldWorkload } from './cold.ts';
import { dicomWorkload } from './dicom.ts';
import { growthWorkloads } from './growth.ts';
import { httpWorkloads } from './http.ts';
import { idleWorkload } from './idle.ts';
import { udpWorkload } from './udp.ts';
import type { Workload } from './workload.ts';

/** Every workload, in the order of the report. */
export const workloads: readonly Workload[] = [
  ...bulkWorkloads,
  ...httpWorkloads,
  udpWorkload,
  dicomWorkload,
  idleWorkload,
  ...growthWorkloads,
  coldWorkload,
];
