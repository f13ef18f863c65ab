/** The deny-list as this service follows it: PostgreSQL by poll and push, a copy on disk, and a mirror in Redis for who has no database. */
import {
  announceOnNats,
  createDenylist,
  listenPush,
  natsPush,
  postgresSource,
  startRedisMirror,
  type Denylist,
  type NatsCore,
  type RedisMirrorClient,
} from '@launchgate/runtime/denylist';
import type { Logger } from '@launchgate/runtime/logging';
import pg from 'pg';
import type { ServeConfig } from '../config/serve.ts';
import type { Connections } from './connections.ts';
import type { ApiMetrics } from './metrics.ts';

export interface DenylistDeps {
  readonly config: ServeConfig;
  readonly connections: Pick<Connections, 'denylistPool' | 'direct'> & { readonly redis: RedisMirrorClient };
  readonly metrics: ApiMetrics;
  readonly log: Logger;
}

export interface FollowedDenylist {
  readonly list: Denylist;
  /** Once NATS is there it says what is new, sooner than a poll. */
  follow(nats: NatsCore): void;
  stop(): Promise<void>;
}

export async function followDenylist({ config, connections, metrics, log }: DenylistDeps): Promise<FollowedDenylist> {
  const { denylistPool: pool, direct, redis } = connections;
  const late = latePush();
  // A pooler in transaction mode loses LISTEN: without a direct way, polls and NATS bring the news.
  const listening = direct === undefined ? [] : [listenPush(() => new pg.Client(direct))];
  const list = createDenylist({
    source: postgresSource({ pool, pushes: [...listening, late.push] }),
    maxStalenessMs: config.ADMIN_DENYLIST_MAX_STALENESS,
    ...(config.DENYLIST_SNAPSHOT_FILE === undefined ? {} : { snapshot: { file: config.DENYLIST_SNAPSHOT_FILE } }),
    metrics: {
      rejected: () => metrics.denylistRejections.inc(),
      refusedStale: (admin) => void (admin && metrics.denylistRefusedStale.inc()),
      asOf: (seconds) => metrics.denylistAsOf.set(seconds),
      entries: (count) => metrics.denylistEntries.set(count),
      sourceFailed: () => metrics.denylistSourceFailures.inc(),
    },
    log,
  });
  await list.start();
  const mirror = startRedisMirror({
    denylist: list,
    redis,
    failed: (error) => log.warn({ err: error }, 'deny-list is not mirrored'),
  });
  let unannounce: (() => void) | undefined;
  return {
    list,
    follow(nats) {
      late.use(nats);
      unannounce = announceOnNats(list, nats);
    },
    async stop() {
      unannounce?.();
      await mirror.stop();
      await list.stop();
    },
  };
}

/** A push that begins when its connection does: the service starts without waiting for NATS. */
function latePush() {
  const connected = Promise.withResolvers<NatsCore>();
  return {
    use: connected.resolve,
    push: {
      async run(wake: () => void, signal: AbortSignal, failed: (error: unknown) => void): Promise<void> {
        const aborted = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
        const nats = await Promise.race([connected.promise, aborted]);
        if (nats !== undefined) await natsPush(nats).run(wake, signal, failed);
      },
    },
  };
}
