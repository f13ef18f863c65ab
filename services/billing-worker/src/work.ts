/** What the parts of the worker share while it works. */
import type { Bus, Database } from '@launchgate/service-common/stores';
import type { Frame } from '@launchgate/service-common/worker';
import type { JetStreamClient } from '@nats-io/jetstream';
import type { WorkerConfig } from './config.ts';
import type { Ledger } from './ledger.ts';
import type { WorkerMetrics } from './metrics.ts';

export interface Work {
  readonly config: WorkerConfig;
  readonly frame: Frame;
  readonly pool: Database;
  readonly ledger: Ledger;
  readonly nats: Bus;
  /** On the connection of now. */
  readonly stream: () => JetStreamClient;
  readonly measured: WorkerMetrics;
}
