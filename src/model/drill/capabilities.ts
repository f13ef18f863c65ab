/**
 * What a drill may use of a target, one interface for each. Drills see these only; what speaks HTTP, SQL or signals is injected. A method
 * that makes the target worse off journals how to undo it before it acts, so a drill never has to.
 */
import type { Access } from './access.ts';
import type { Backups } from './backups.ts';
import type { Cluster } from './cluster.ts';
import type { Databases } from './databases.ts';
import type { Deeds } from './deeds.ts';
import type { Edge } from './edge.ts';
import type { EdgeControl } from './edge-control.ts';
import type { Emergency } from './emergency.ts';
import type { Faults } from './faults.ts';
import type { Load } from './load.ts';
import type { Logs } from './logs.ts';
import type { Messages } from './messages.ts';
import type { Metrics } from './metrics.ts';
import type { Pager } from './pager.ts';
import type { Parts } from './parts.ts';
import type { People } from './people.ts';
import type { Probes } from './probes.ts';
import type { Segments } from './segments.ts';
import type { Sites } from './sites.ts';
import type { Terminals } from './terminals.ts';
import type { Traces } from './traces.ts';
import type { Trust } from './trust.ts';
import type { WayBack } from './way-back.ts';
import type { Webhooks } from './webhooks.ts';

export interface Capabilities {
  /** The public edge, as customers reach it. */
  readonly edge: Edge;
  /** Changing the edge: WAF mode, replicas taken out. */
  readonly edgeControl: EdgeControl;
  /** Test users and their tokens. */
  readonly people: People;
  /** Administrators: what their tokens open, and refusing one. */
  readonly access: Access;
  /** The platform's processes: replicas of services, stores. */
  readonly parts: Parts;
  /** Faults beside those of processes: networks that are slow or gone, disks that are full. */
  readonly faults: Faults;
  /** Open-loop load from outside. */
  readonly load: Load;
  /** Live terminal sessions. */
  readonly terminals: Terminals;
  /** SQL and Redis as the roles of the platform. */
  readonly databases: Databases;
  /** What customers write, and what becomes of it. */
  readonly deeds: Deeds;
  /** Backups: take, judge, restore elsewhere. */
  readonly backups: Backups;
  /** NATS subjects and streams. */
  readonly messages: Messages;
  /** PromQL, rules and alerts. */
  readonly metrics: Metrics;
  /** Who is paged: what arrived when. */
  readonly pager: Pager;
  /** The log sink. */
  readonly logs: Logs;
  /** Kept spans. */
  readonly traces: Traces;
  /** Certificates and secrets: issue, rotate, withdraw. */
  readonly trust: Trust;
  /** The payment provider's side: deliver, replay, forge. */
  readonly webhooks: Webhooks;
  /** Emergency access. */
  readonly emergency: Emergency;
  /** Services that send requests to addresses which others word. */
  readonly probes: Probes;
  /** Packets between workloads, where each stands in a network of its own. */
  readonly segments: Segments;
  /** How what a drill in a file did is taken back. */
  readonly wayBack: WayBack;
  /** The API of the Kubernetes cluster that the target is. */
  readonly cluster: Cluster;
  /** The whole platform a second time, from nothing. */
  readonly sites: Sites;
}

export type CapabilityName = keyof Capabilities;
