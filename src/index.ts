export { Balancer, type BalancerOptions } from './balancer/balancer.ts';
export type { ApplyOptions } from './balancer/apply.ts';
export type { ServerSelection } from './balancer/server-selection.ts';
export type {
  BalancerConfig,
  CommonServiceConfig,
  HttpServiceConfig,
  ServiceConfig,
  TcpServiceConfig,
  TcpUdpServiceConfig,
  UdpServiceConfig,
} from './config/balancer-config.ts';
export type { ServiceOverview } from './service/service-overview.ts';
export { infinittPorts, infinittPreset } from './presets/infinitt-preset.ts';
export type { InfinittPorts, InfinittPresetOptions, InfinittServer } from './presets/infinitt-preset.ts';

export { Listener, type ListenerChanges } from './listener/listener.ts';
export { SnatUdpForwarder } from './listener/snat-udp-forwarder.ts';
export type { BaseListener } from './listener/base-listener.ts';
export type { Explanation } from './pool/selector.ts';
export type { DrainOptions, DrainOutcome } from './listener/drain.ts';
export type { LifecycleState, StopOptions } from './listener/lifecycle.ts';
export type {
  CommonListenerOptions,
  HttpListenerOptions,
  ListenerOptions,
  BaseListenerOptions,
  TcpListenerOptions,
  SnatUdpForwarderOptions,
} from './config/listener-options.ts';
export type { ListenerOverview, ServerOverview, ServiceStatus } from './listener/overview.ts';
export { Pool } from './pool/pool.ts';
export type { PoolInput, PoolOptions, ResolvedPoolOptions, ResolvedPoolSpec } from './pool/pool-options.ts';
export type { ResolvedTcpOptions, TcpOptions } from './tcp/tcp-options.ts';
export type { HttpOptions, ResolvedHttpOptions } from './http/http-options.ts';
export type { FallbackOptions, FallbackPage, ResolvedFallback } from './http/fallback-options.ts';
export type { ResolvedUdpOptions, UdpOptions } from './udp/udp-options.ts';

export type { BalancingPolicy, Picker } from './balancing/balancing-policy.ts';
export type { BalancingSpec, ResolvedBalancingSpec } from './balancing/balancing-specs.ts';
export { firstAvailable } from './balancing/first-available.ts';
export { leastConnections } from './balancing/least-connections.ts';
export { rendezvous, type RendezvousOptions } from './balancing/rendezvous.ts';
export { roundRobin } from './balancing/round-robin.ts';
export { twoChoices } from './balancing/two-choices.ts';

export type { Now, Persistence, PersistenceStrategy } from './persistence/persistence.ts';
export type {
  ChainSpec,
  HttpCookieSpec,
  PersistenceSpec,
  ResolvedPersistenceSpec,
  ResolvedSourceIpSpec,
  SourceIpSpec,
} from './persistence/persistence-specs.ts';
export { chain } from './persistence/chain.ts';
export { httpCookie } from './persistence/http-cookie.ts';
export type { HttpCookieOptions, ResolvedHttpCookieOptions } from './persistence/http-cookie-options.ts';
export { none } from './persistence/none.ts';
export { sourceIp } from './persistence/source-ip.ts';
export type {
  ResolvedSourceIpOptions,
  SourceIp,
  SourceIpOptions,
  SourceIpSettings,
} from './persistence/source-ip.ts';
export type { AllocateBytes } from './persistence/stick-records.ts';
export { StickTable } from './persistence/stick-table.ts';
export type { EntryVisitor, StickEntry, StickTableLimits } from './persistence/stick-table.ts';
export { stickTableBytesPerEntry } from './persistence/stick-table-options.ts';
export type { ResolvedStickTableOptions, StickTableOptions } from './persistence/stick-table-options.ts';

export { HealthCheck } from './health/health-check.ts';
export type { HealthObserver, HealthWatch, WatchContext } from './health/health-watch.ts';
export type {
  HealthCheckOptions,
  ResolvedHealthCheckOptions,
  ResolvedHealthCheckSpec,
} from './health/health-check-options.ts';
export type { PassiveHealthOptions, ResolvedPassiveHealthOptions } from './health/passive-health-options.ts';
export type { Probe, ProbeContext, ProbeResult, ProbeSubject } from './health/probe.ts';
export type { ProbeSpec, ResolvedProbeSpec } from './health/probes/probe-specs.ts';
export {
  connectProbe,
  type ConnectProbeOptions,
  type ResolvedConnectProbeOptions,
} from './health/probes/connect-probe.ts';
export {
  externalProbe,
  type ExternalCheck,
  type ExternalProbeOptions,
  type ResolvedExternalProbeOptions,
} from './health/probes/external-probe.ts';
export {
  httpProbe,
  type ExpectedStatus,
  type HttpProbeOptions,
  type ResolvedHttpProbeOptions,
} from './health/probes/http-probe.ts';
export {
  nodeStatusProbe,
  type NodeStatusProbeOptions,
  type ResolvedNodeStatusProbeOptions,
} from './health/probes/node-status-probe.ts';

export type { AccessLog } from './records/access-log.ts';
export type {
  AccessLogOptions,
  AccessLogOutput,
  PathDetail,
  ResolvedAccessLogOptions,
} from './records/access-log-options.ts';
export type { AccessLevel, AccessRecord, AccessSubject } from './records/access-record.ts';
export { logEvents, type EventLogger } from './records/event-log.ts';
export type { EventSource } from './records/hear-events.ts';

export { errorCatalogue, OptionsError, SluiceError } from './base/errors.ts';
export type { ErrorCode, ErrorSide, OptionProblem, SluiceErrorDetails } from './base/errors.ts';
export { FactEmitter, type FactEvents, type HandlerFailedEvent } from './facts/fact-emitter.ts';
export { serviceEventNames } from './facts/service-events.ts';
export type * from './facts/service-events.ts';
export { IpAddress } from './model/address.ts';
export type { AddressPrefixOptions, ResolvedAddressPrefixOptions } from './model/address-prefix.ts';
export type { Availability } from './model/availability.ts';
export type { Client, ClientFact, ClientFactKind } from './model/client.ts';
export type { DecisionReason, DecisionRecord } from './model/decision.ts';
export type { Endpoint } from './model/endpoint.ts';
export { adminStates, Server, ServerState } from './model/server.ts';
export type { AdminState, Health, ProbeReport, ServerOptions } from './model/server.ts';
export type {
  AcceptOptions,
  Acceptor,
  BoundPort,
  Connection,
  ConnectionHandler,
  ConnectOptions,
  DatagramHandler,
  Engine,
  ListenOptions,
  TcpListener,
  UdpBindOptions,
  UdpConnectOptions,
  UdpPort,
} from './engine/engine.ts';
export { SharedEngine } from './engine/shared-engine.ts';
export type { EngineSource } from './engine/engine-lease.ts';
export { engineKinds } from './engine/select-engine.ts';
export type { EngineKind } from './engine/select-engine.ts';
export type { Clock, Logger, Random, Runtime, Timer } from './runtime/runtime.ts';
export { systemRuntime } from './runtime/system-runtime.ts';
export type { ResolvedListenerOptions } from './config/resolved-options.ts';
export type {
  ResolvedArrival,
  ResolvedConfig,
  ResolvedListenerConfig,
  ResolvedServiceConfig,
} from './config/resolved-config.ts';
export type { Transport } from './path/mode.ts';
export type { ModeName, OptionsByMode, ResolvedMode } from './config/modes.ts';
export { describeConfig, readConfig } from './config/read-config.ts';
export type { PlainConfig, PlainServer, PlainServiceConfig } from './config/plain-config.ts';
export { diffConfig, type ServiceChange } from './config/diff-config.ts';

export { withEdit, type Edit } from './base/edit.ts';
export type { Finding, Severity } from './base/finding.ts';
export { lintConfig, lintRules, type LintRule } from './config/lint.ts';
export { mendConfig, type MendResult } from './config/mend.ts';

export { describeChanges, type ConfigChange } from './config/describe-changes.ts';
export type { OptionChange } from './config/option-changes.ts';
export type { ConfigDifference } from './config/describe-differences.ts';
export { describeConfigFile } from './file/file-schema.ts';
export type { AdminServerOptions, CertificateFiles } from './admin/admin-options.ts';
export type { MetricsOptions, RunOptions } from './file/run-options.ts';

export { SnapshotFile, type SnapshotSource } from './snapshot/snapshot-file.ts';
export type { ResolvedSnapshotFileOptions, SnapshotFileOptions } from './snapshot/snapshot-file-options.ts';
export { decodeBackup, encodeBackup, readBackup, writeBackup } from './snapshot/backup.ts';
export type { Backup, BackupSource } from './snapshot/backup.ts';
export { EntryReader, type EntryBlock } from './snapshot/entry-block.ts';
export type * from './snapshot/snapshot.ts';
export type { SnapshotPart } from './snapshot/snapshot-parts.ts';
export type { RestoreReport } from './snapshot/restore-snapshot.ts';
export type { AdoptedEntries } from './snapshot/adopt-entries.ts';
export type { ServiceTable, TableEntry, TableSelection } from './service/service-table.ts';

export type { JsonSchema } from './base/option-schema.ts';
export type { Overview } from './balancer/overview.ts';
export type { ServiceSession } from './balancer/service-sessions.ts';
export type { ServerAddition } from './balancer/server-changes.ts';
export type { SessionOverview } from './path/session-overview.ts';

export { ControlServer, type ControlOptions } from './control/control-server.ts';
export type { ControlSubjectOptions } from './control/control-subject.ts';
export type { FileConfig, ReadFileConfig } from './control/file-comparison.ts';
export { defaultControlPath } from './control/control-path.ts';

export { Metrics, metricsText } from './metrics/metrics.ts';
export type { MetricRegistry, RegistryMetric } from './metrics/registry.ts';
export { durationBoundsMs, type DurationCounts, type DurationKind } from './path/durations.ts';
export type { TableOverview } from './listener/overview.ts';
