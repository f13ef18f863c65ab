/** What runs beside requests: sending events, comparing webhooks with the provider's list, measuring what nobody asks for. */
import { injectInto, fromEnvelope, runWith } from '@launchgate/runtime/correlation';
import type { Logger } from '@launchgate/runtime/logging';
import { producerSpan } from '@launchgate/runtime/telemetry';
import { reconcile, type Pool, type Receiver, type WebhookEvent } from '@launchgate/runtime/webhooks';
import { jetstream } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { createPublisher, PUBLISHER_SQL, type OutboxRow, type Publisher } from '../billing/publisher.ts';
import { PROVISIONING_SQL, type Provisioning } from '../fleet/provisioning.ts';
import { one, type Database } from '../stores/database.ts';
import type { ApiMetrics } from './metrics.ts';

/** Sends under the request that wrote the row: its id and trace are in the message's headers and in what is logged. */
export function eventPublisher(
  db: Database,
  nats: () => NatsConnection | undefined,
  metrics: ApiMetrics,
  log: Logger,
): Publisher {
  async function publish(row: OutboxRow): Promise<void> {
    const connection = nats();
    if (connection === undefined) throw new Error('NATS is not connected yet');
    const envelope = {
      requestId: row.request_id,
      traceparent: row.traceparent,
      tracestate: row.tracestate ?? undefined,
    };
    await runWith(fromEnvelope(envelope), () =>
      producerSpan('nats', row.subject, async () => {
        const messageHeaders = headers();
        injectInto(messageHeaders);
        const payload = JSON.stringify(row.payload);
        const { seq, duplicate } = await jetstream(connection, { timeout: 2000 }).publish(row.subject, payload, {
          msgID: row.id,
          headers: messageHeaders,
        });
        log.info({ event: row.id, subject: row.subject, seq, duplicate }, 'event published');
      }),
    );
  }
  return createPublisher({
    db,
    publish,
    onRound(published, failed) {
      metrics.published.inc({ result: 'ok' }, published);
      metrics.published.inc({ result: 'error' }, failed);
    },
    onError: (error) => log.warn({ err: error }, 'events wait in the outbox'),
  });
}

export interface Repeated {
  stop(): Promise<void>;
}

/** Runs at once and then at an interval, never twice at a time. */
export function repeat(everyMs: number, run: () => Promise<void>): Repeated {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const next = (): void => {
    running = run().finally(() => {
      if (!stopped) timer = setTimeout(next, everyMs * (0.9 + Math.random() * 0.2));
    });
  };
  next();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

export interface StripeComparison {
  readonly receiver: Receiver;
  readonly pool: Pool;
  readonly list: (since: Date) => AsyncIterable<WebhookEvent>;
  readonly everyMs: number;
}

/** Longest time for which a run that has not ended keeps others from it. */
const LONGEST_LEASE_MS = 600_000;

/** A run whose replica died holds up no more than the round that follows it. */
export function reconcileStripe(
  { receiver, pool, list, everyMs }: StripeComparison,
  metrics: ApiMetrics,
  log: Logger,
): () => Promise<void> {
  const lease = Math.min(everyMs, LONGEST_LEASE_MS);
  return async () => {
    try {
      const result = await reconcile({ receiver, pool, provider: 'stripe', list, lease });
      if (!result.ran) return;
      if (result.failed > 0) throw new Error(`${result.failed} of ${result.listed} events could not be applied`);
      metrics.reconciliationSuccess.set({ provider: 'stripe' }, Date.now() / 1000);
      if (result.recovered > 0) log.warn({ reconciliation: result }, 'lost webhooks were recovered');
    } catch (error) {
      metrics.reconciliationFailures.inc({ provider: 'stripe' });
      log.error({ err: error }, 'reconciliation failed');
    }
  };
}

export function provision({ round }: Provisioning, log: Logger): () => Promise<void> {
  return async () => {
    try {
      await round();
    } catch (error) {
      log.warn({ err: error }, 'pending rentals could not be looked at');
    }
  };
}

export function measure(db: Database, clients: () => number, metrics: ApiMetrics, log: Logger): () => Promise<void> {
  return async () => {
    metrics.hubClients.set(clients());
    try {
      const backlog = await one<{ waiting: number; oldest_seconds: number }>(db, PUBLISHER_SQL.backlog, []);
      metrics.outboxWaiting.set(backlog?.waiting ?? 0);
      metrics.outboxOldest.set(backlog?.oldest_seconds ?? 0);
      const { rows } = await db.query<{ region: string; age: number }>(PROVISIONING_SQL.oldest);
      metrics.oldestPending.reset();
      for (const { region, age } of rows) metrics.oldestPending.set({ region }, age);
    } catch (error) {
      metrics.waitingUnknown();
      log.debug({ err: error }, 'what waits cannot be counted');
    }
  };
}
