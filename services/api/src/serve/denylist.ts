/** The deny-list as this service follows it: PostgreSQL by poll and push, a copy on disk, and a mirror in Redis for who has no database. */
import {
  announceOnNats,
  createDenylist,
  listenPush,
  natsPush,
  postgresSource,
  startRedisMirror,
  type Denylist,
  type Push,
  type RedisMirrorClient,
} from '@launchgate/runtime/denylist';
import type { Logger } from '@launchgate/runtime/logging';
import pg from 'pg';
import type { ServeConfig } from '../config/serve.ts';
import type { ApiBus } from './bus.ts';
import type { Connections } from './connections.ts';
import type { ApiMetrics } from './metrics.ts';

export interface DenylistDeps {
  readonly config: ServeConfig;
  readonly connections: Pick<Connections, 'denylistPool' | 'direct' | 'bus'> & { readonly redis: RedisMirrorClient };
  readonly metrics: ApiMetrics;
  readonly log: Logger;
}

export interface FollowedDenylist {
  readonly list: Denylist;
  stop(): Promise<void>;
}

export async function followDenylist({ config, connections, metrics, log }: DenylistDeps): Promise<FollowedDenylist> {
  const { denylistPool: pool, direct, redis, bus } = connections;
  // A pooler in transaction mode loses LISTEN: without a direct way, polls and NATS bring the news.
  const listening = direct === undefined ? [] : [listenPush(() => new pg.Client(direct()))];
  const list = createDenylist({
    source: postgresSource({ pool, pushes: [...listening, busPush(bus)] }),
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
  const unannounce = announceOnNats(list, {
    publish: (subject, payload) => void bus.connection()?.publish(subject, payload),
  });
  return {
    list,
    async stop() {
      unannounce();
      await mirror.stop();
      await list.stop();
    },
  };
}

/** What NATS says, on each of its connections: from the first, which may be late, to those of a rotation. */
function busPush(bus: ApiBus): Push {
  return {
    run(wake, signal, failed) {
      bus.follow((connection) => void natsPush(connection).run(wake, signal, failed).catch(failed));
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    },
  };
}
