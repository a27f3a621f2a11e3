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
}

/**
 * A unit that starts the balancer at boot as an ordinary user, who may bind low ports and nothing else. A reload reads
 * the file again; a stop waits for sessions under way. V8 writes machine code, so `MemoryDenyWriteExecute` is not set.
 */
export function systemdUnit({ file, user, node, script }: UnitFacts): string {
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
LimitNOFILE=262144
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
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

/** As systemd reads a word of a command line: \`%\` and \`$\` are its own. */
function quoted(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"'\\]/u.test(escaped) ? `"${escaped.replaceAll(/["\\]/gu, '\\$&')}"` : escaped;
}
