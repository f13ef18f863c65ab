export {
  createHealth,
  type DependencyStatus,
  type Health,
  type HealthOptions,
  type Readiness,
  type StatusReport,
} from './health.ts';
export type { Dependency, DependencyState, WhenDown } from './dependency.ts';
export type { CheckResult } from './monitor.ts';
export type { DamperVerdict, PeerAnswers, PeerReport, PeerSource } from './damper.ts';
export { peersByDns, type DnsPeers } from './peers.ts';
export { healthPlugin, healthServer, type HealthPluginOptions } from './server.ts';
export { createShedder, type Priority, type Shedder, type ShedderOptions, type ShedReason } from './shedder.ts';
export type { LimitOptions } from './limit.ts';
export { sheddingPlugin, type RouteShedding, type SheddingPluginOptions } from './shedding-plugin.ts';
