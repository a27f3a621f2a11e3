import { resolve } from 'node:path';

/** What the unit runs. */
export interface UnitFacts {
  /** The configuration file. */
  readonly file: string;
  readonly user: string;
  /** The program of Node.js, absolute. */
  readonly node: string;
  /** The script of this command, absolute. */
  readonly script: string;
  /** Where it writes, absolute. */
  readonly folders: readonly string[];
}

/** The folders that systemd makes for the unit, as it names them to what it starts. */
export const unitEnvironment = {
  RUNTIME_DIRECTORY: '/run/sluice',
  STATE_DIRECTORY: '/var/lib/sluice',
  LOGS_DIRECTORY: '/var/log/sluice',
} as const;

/**
 * A unit that starts the balancer at boot as an ordinary user, who may bind low ports and nothing else. A reload reads
 * the file again; a stop waits for sessions under way. V8 writes machine code, so `MemoryDenyWriteExecute` is not set.
 */
export function systemdUnit({ file, user, node, script, folders }: UnitFacts): string {
  return `[Unit]
Description=Sluice load balancer
Documentation=https://www.npmjs.com/package/sluice
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
NotifyAccess=all
User=${user}
ExecStart=${quoted(node)} ${quoted(script)} run ${quoted(resolve(file))}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
TimeoutStopSec=90
Restart=on-failure
RestartSec=1
RuntimeDirectory=sluice
RuntimeDirectoryMode=0700
StateDirectory=sluice
LogsDirectory=sluice
LimitNOFILE=262144
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
ProtectSystem=strict
${folders.filter(isElsewhere).map(writable).join('')}ProtectHome=read-only
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
PrivateTmp=yes
PrivateDevices=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictSUIDSGID=yes
LockPersonality=yes

[Install]
WantedBy=multi-user.target
`;
}

/** Is it none of the folders that systemd makes? */
function isElsewhere(folder: string, index: number, folders: readonly string[]): boolean {
  const own = Object.values(unitEnvironment).some((made) => folder === made || folder.startsWith(`${made}/`));
  return !own && folders.indexOf(folder) === index;
}

/** The rest of the system is read-only. A folder that is not there is no reason not to start. */
function writable(folder: string): string {
  return `ReadWritePaths=${quoted(`-${folder}`)}\n`;
}

/** As systemd reads a word of a command line: \`%\` and \`$\` are its own. */
function quoted(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"'\\]/u.test(escaped) ? `"${escaped.replaceAll(/["\\]/gu, '\\$&')}"` : escaped;
}
