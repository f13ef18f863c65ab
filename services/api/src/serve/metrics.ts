/** What this service measures beside requests; by the names that the rules and dashboards use. */
import { createMetrics, type Metrics } from '@launchgate/runtime/telemetry';
import { Counter, Gauge } from 'prom-client';

export interface ApiMetrics {
  readonly kit: Metrics;
  readonly cache: Counter<'result'>;
  readonly provisioning: Counter<'region' | 'result'>;
  readonly oldestPending: Gauge<'region'>;
  readonly webhooks: Counter<'provider' | 'result'>;
  readonly reconciliationFailures: Counter<'provider'>;
  readonly reconciliationSuccess: Gauge<'provider'>;
  readonly denylistRejections: Counter;
  readonly denylistRefusedStale: Counter;
  readonly denylistAsOf: Gauge;
  readonly denylistEntries: Gauge;
  readonly denylistSourceFailures: Counter;
  readonly probesRefused: Counter;
  readonly hubClients: Gauge;
  readonly hubMessages: Counter<'result'>;
  readonly published: Counter<'result'>;
  readonly outboxWaiting: Gauge;
  readonly outboxOldest: Gauge;
  readonly certificateExpiry: Gauge;
  /** Nobody could say what waits: no number is better than the last one, or than the 0 that a gauge begins with. */
  waitingUnknown(): void;
}

export function apiMetrics(): ApiMetrics {
  const kit = createMetrics({ service: 'api' });
  const registers = [kit.registry];
  const counter = <L extends string = never>(name: string, help: string, ...labelNames: L[]) =>
    new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string = never>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const metrics: ApiMetrics = {
    kit,
    cache: counter('cache_requests_total', 'Lookups in the cache by result.', 'result'),
    provisioning: counter('provisioning_attempts_total', 'Attempts to provision a node by result.', 'region', 'result'),
    oldestPending: gauge(
      'provisioning_oldest_pending_seconds',
      'Age of the oldest instance that is not ready.',
      'region',
    ),
    webhooks: counter('webhook_events_total', 'Webhooks received by result.', 'provider', 'result'),
    reconciliationFailures: counter(
      'webhook_reconciliation_failures_total',
      'Runs of the reconciliation that failed.',
      'provider',
    ),
    reconciliationSuccess: gauge(
      'webhook_reconciliation_last_success_timestamp_seconds',
      'End of the last good run.',
      'provider',
    ),
    denylistRejections: counter('admin_denylist_rejections_total', 'Requests refused because their token was revoked.'),
    denylistRefusedStale: counter(
      'admin_denylist_stale_refusals_total',
      'Admin requests refused because the list was too old.',
    ),
    denylistAsOf: gauge('admin_denylist_as_of_timestamp_seconds', 'Moment up to which this pod knows every entry.'),
    denylistEntries: gauge('admin_denylist_entries', 'Entries in force.'),
    denylistSourceFailures: counter('admin_denylist_source_failures_total', 'Reads of the durable list that failed.'),
    probesRefused: counter('node_probe_refused_total', 'Probes of addresses outside of the allowed ranges.'),
    hubClients: gauge('notification_clients', 'Streams of notifications that are open.'),
    hubMessages: counter('notification_messages_total', 'Messages by what became of them.', 'result'),
    published: counter('events_published_total', 'Events of the outbox by result of their publication.', 'result'),
    outboxWaiting: gauge('events_outbox_waiting', 'Events that the stream has not acknowledged yet.'),
    outboxOldest: gauge('events_outbox_oldest_seconds', 'Age of the oldest of them.'),
    certificateExpiry: gauge('workload_certificate_expiry_timestamp_seconds', 'End of the certificate in use.'),
    waitingUnknown() {
      metrics.outboxWaiting.remove();
      metrics.outboxOldest.remove();
      metrics.oldestPending.reset();
    },
  };
  metrics.waitingUnknown();
  // A rate needs a first value: what has not happened yet is 0, not absent.
  metrics.webhooks.inc({ provider: 'stripe', result: 'error' }, 0);
  metrics.webhooks.inc({ provider: 'stripe', result: 'ok' }, 0);
  metrics.reconciliationFailures.inc({ provider: 'stripe' }, 0);
  return metrics;
}
