/**
 * What the service depends on, and how much. The critical ones are shared by all replicas: taking every replica out of rotation would
 * help nobody, so they stay, and refuse at once what needs the store that is down.
 */
import type { Denylist } from '@launchgate/runtime/denylist';
import { createHealth, type Health } from '@launchgate/runtime/health';
import type { Logger } from '@launchgate/runtime/logging';
import type { Subscription } from '../notifications/subscription.ts';
import type { Connections } from './connections.ts';

/**
 * Fails as a write would on a server that takes none: a standby, or a primary that was made read-only. The connection is thrown away as well, and the next
 * one may lead to the primary of now.
 */
const TAKES_WRITES = `DO $$ BEGIN
  IF current_setting('transaction_read_only')::boolean THEN
    RAISE read_only_sql_transaction USING MESSAGE = 'the server takes no writes';
  END IF;
END $$`;

export interface HealthDeps {
  readonly connections: Connections;
  readonly subscription: () => Subscription | undefined;
  readonly denylist: Denylist;
  readonly draining: () => boolean;
  readonly off: boolean;
  readonly log: Logger;
}

export function apiHealth({ connections, subscription, denylist, draining, off, log }: HealthDeps): Health {
  const { db, redis, subscriber, cache, nats } = connections;
  return createHealth({
    draining,
    off,
    log,
    dependencies: [
      { name: 'postgres', class: 'critical', whenDown: 'serve', interval: 2000, check: () => db.query('SELECT 1') },
      // All replicas share it, too, and reads go on: it is told, and changes nothing of readiness.
      { name: 'postgres-writes', class: 'degrading', check: () => db.query(TAKES_WRITES) },
      {
        name: 'realtime',
        class: 'critical',
        whenDown: 'serve',
        interval: 2000,
        async check() {
          await Promise.all([redis.ping(), subscriber.ping()]);
          if (subscription()?.live() !== true) throw new Error('notify.user.* is not subscribed');
        },
      },
      {
        name: 'nats',
        class: 'degrading',
        async check() {
          const connection = nats();
          if (connection === undefined) throw new Error('not connected yet');
          await connection.flush();
        },
      },
      ...(cache === undefined ? [] : [{ name: 'cache', class: 'degrading' as const, check: () => cache.ping() }]),
      {
        name: 'denylist',
        class: 'degrading',
        async check() {
          const { stale, ageMs } = denylist.status();
          if (stale) throw new Error(`the copy is ${ageMs} ms old: admins are refused`);
        },
      },
    ],
  });
}
