import { formatDuration } from '../base/quantities.ts';
import type { ServiceConfig } from '../config/balancer-config.ts';
import { healthCheckDefaults } from '../health/health-check-options.ts';
import { infinittPreset, type InfinittPresetOptions } from '../presets/infinitt-preset.ts';
import { snapshotFileDefaults } from '../snapshot/snapshot-file-options.ts';
import type { TextFormat } from './file-node.ts';
import { writeConfig } from './write-config.ts';

/** How the file is written. */
export interface InfinittFileOptions {
  /** @default 'yaml' */
  readonly format?: TextFormat;
  /** Which of the five services it has. @default all */
  readonly only?: readonly string[] | undefined;
  /** Where editors find the schema, as a path relative to the file, or a URL. @default that of the package installed beside */
  readonly schema?: string;
  /** What the snapshot file is called. @default 'infinitt.snapshot' */
  readonly snapshot?: string;
  /** Where the control socket is, where systemd says nothing else. @default '/run/sluice' */
  readonly controlFolder?: string;
}

const installedSchema = './node_modules/sluice/schema/sluice.json';

const head = [
  'Services of an INFINITT PACS deployment, as docs/presets/infinitt.md explains them.',
  'Durations are written as 500ms, 30m or 1h30m. A value of the environment is written as ${NAME}.',
  'Servers have no port of their own: a connection goes to the port that it came in on.',
];

/** Without systemd, which names its folders, the snapshot file is beside this one. */
function runOptions(snapshot: string, controlFolder: string): object {
  return {
    control: { path: `\${RUNTIME_DIRECTORY:-${controlFolder}}/control.sock` },
    snapshotFile: {
      path: `\${STATE_DIRECTORY:-.}/${snapshot}`,
      intervalMs: formatDuration(snapshotFileDefaults.intervalMs),
    },
    accessLog: false,
    metrics: false,
    admin: false,
  };
}

const notes = {
  control: 'Where orders reach the balancer: sluice overview, sluice drain, and so on; or false.',
  snapshotFile: 'Keeps tables and orders over a restart; or false.',
  accessLog:
    'A line for each session, exchange and flow, such as { to: access.log, format: haproxy }; or false.',
  metrics: 'For Prometheus, such as { host: 127.0.0.1, port: 9464 }; or false.',
  admin: 'The page for administrators, such as { folder: administration }; or false.',
  engine: 'What carries the traffic, and in how many threads beside the main one.',
  services: 'What clients reach.',
};

const comments = {
  INFINITT_Web:
    'Web portal: remembers clients by cookie, and by address where that fails; a HEAD request must give 200.',
  DICOM: 'DICOM images: remembers modalities by address; an association may be silent for hours.',
  QUERY: 'DICOM queries: as DICOM; the shared table sends a modality to the server that has its images.',
  MWL: 'Modality worklist: as DICOM.',
  INFINITT_Check: 'NetBIOS name service: TCP and UDP with source NAT; each half has a check of its own.',
};

/** What the five services are called. */
export const infinittServices: readonly string[] = Object.keys(comments);

/**
 * A whole configuration file for an INFINITT PACS deployment, with comments in YAML, to edit and run. It states the same
 * configuration as `infinittPreset()`, and what `sluice run` does beside.
 *
 * @throws OptionsError as `infinittPreset`
 */
export function infinittFile(
  options: InfinittPresetOptions,
  {
    format = 'yaml',
    only = infinittServices,
    schema = installedSchema,
    snapshot = 'infinitt.snapshot',
    controlFolder = '/run/sluice',
  }: InfinittFileOptions = {},
): string {
  const { services, ...others } = infinittPreset(options);
  const stated = runOptions(snapshot, controlFolder);
  const config = { ...others, services: services.filter(({ name }) => only.includes(name)).map(explicit) };
  return writeConfig(config, { format, schema, head, stated, notes, comments });
}

/** States what administrators look for first, and the preset leaves to defaults. */
function explicit<S extends ServiceConfig>(service: S): S {
  const { intervalMs, timeoutMs, rise, fall } = healthCheckDefaults;
  const checked = (of: object): object =>
    'healthCheck' in of
      ? { ...of, healthCheck: { ...(of.healthCheck as object), intervalMs, timeoutMs, rise, fall } }
      : of;
  const udp = 'udp' in service ? { udp: checked(service.udp) } : {};
  return { ...checked(service), ...udp } as S;
}
