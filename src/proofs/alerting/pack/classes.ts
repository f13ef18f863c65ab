import { oncePer } from '../../../model/once.ts';
import type { Features } from './features.ts';

export const CLASS_IDS = [
  'error-rate',
  'p99-latency',
  'worker-failures',
  'billing-drift',
  'processing-anomaly',
  'webhook-ingestion',
  'webhook-reconciliation',
  'queue-lag',
  'crash-loop',
  'saturation',
  'certificate-expiry',
  'backup-age',
  'waf-block-spike',
  'security-events',
  'dead-man-switch',
] as const;
export type ClassId = (typeof CLASS_IDS)[number];

/** A failure that somebody must be told of. */
export interface AlertClass {
  readonly id: ClassId;
  /** An alert of such a name may be meant for it, where its metrics are not recognised. */
  readonly hint: RegExp;
  /** Goes into "no alert fires when …". */
  readonly when: string;
  /** Names of metrics by which it is recognised, as patterns; a param adds more. */
  readonly metrics: readonly string[];
  /** Metrics whose names look alike and that are of something else. */
  readonly but?: RegExp;
  readonly shape: (features: Features) => boolean;
  /** What an alert of the class looks like. */
  readonly example: string;
}

/** What runs, watches and delivers the services: its own requests and tasks are none of theirs. */
const OF_THE_PLATFORM =
  /^(?:apiserver|rest_client|kubelet|kubeproxy|scheduler|workqueue|controller_runtime|etcd|coredns|prometheus|alertmanager|reloader|thanos|cortex|mimir|loki|tempo|grafana|promtail|alloy|otelcol|fluentbit|fluentd|vector|argocd|gotk|flux|certmanager|velero|cnpg|strimzi|cilium|node)_/;

/** Stores, which have limits of their own. */
const OF_A_STORE =
  /^(?:redis|memcached|pg|postgres|pgbouncer|mysql|mongodb|cassandra|clickhouse|elasticsearch|opensearch|oracledb|rabbitmq|kafka|nats|gnatsd|jetstream|etcd)_/;

export const CLASSES: readonly AlertClass[] = [
  {
    id: 'error-rate',
    hint: /error/i,
    when: 'requests fail',
    metrics: [
      'request',
      'http',
      'grpc',
      'rpc',
      'response',
      '_opens_',
      '_closes_',
      'session',
      'call',
      'probe_success',
      'duration',
      'istio',
      'events',
    ],
    but: OF_THE_PLATFORM,
    shape: ({ compares, faults }) => compares && faults,
    example: 'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.01',
  },
  {
    id: 'p99-latency',
    hint: /latenc|p99|slow/i,
    when: 'requests are slow',
    metrics: ['duration', 'latency', '_seconds', '_milliseconds', 'response_time'],
    but: OF_THE_PLATFORM,
    shape: ({ compares, quantile = 0, buckets }) => compares && (quantile >= 0.9 || buckets),
    example: 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 1',
  },
  {
    id: 'worker-failures',
    hint: /worker|task|job/i,
    when: 'tasks of a worker fail',
    metrics: [
      'task',
      'job',
      'worker',
      'workflow',
      'activity',
      'celery',
      'sidekiq',
      'bull',
      'consumer',
      'message',
      'process',
    ],
    but: OF_THE_PLATFORM,
    shape: ({ compares, failures }) => compares && failures,
    example: 'sum(rate(worker_tasks_total{result="error"}[10m])) / sum(rate(worker_tasks_total[10m])) > 0.02',
  },
  {
    id: 'billing-drift',
    hint: /drift|billing/i,
    when: 'what is metered and what is billed differ',
    metrics: ['bill', 'ledger', 'meter', 'invoice', 'usage', 'payment', 'charge'],
    shape: ({ compares, differs, reads }) =>
      compares &&
      (differs || reads.some(({ name = '' }) => /drift|mismatch|discrepan|difference|unmatched/i.test(name))),
    example: 'abs(sum(billing_metered_cents) - sum(billing_ledger_cents)) / sum(billing_metered_cents) > 0.001',
  },
  {
    id: 'processing-anomaly',
    hint: /anomal|billing|stall/i,
    when: 'billing is processed unlike usual, or not at all',
    metrics: ['bill', 'ledger', 'meter', 'invoice', 'usage', 'payment', 'charge'],
    shape: ({ compares, looksBack, measuresAge }) => compares && (looksBack || measuresAge),
    example: 'time() - max(billing_last_processed_timestamp_seconds) > 900',
  },
  {
    id: 'webhook-ingestion',
    hint: /webhook/i,
    when: 'webhooks are not taken in',
    metrics: ['webhook(?!.*reconcil)'],
    shape: ({ compares, failures, reads }) =>
      compares && (failures || reads.some(({ name = '' }) => /fail|error|reject/.test(name))),
    example: 'sum(rate(webhook_events_total{result="error"}[10m])) > 0',
  },
  {
    id: 'webhook-reconciliation',
    hint: /reconcil/i,
    when: 'reconciliation with the sender of webhooks fails',
    metrics: ['reconcil'],
    shape: ({ compares }) => compares,
    example: 'increase(webhook_reconciliation_failures_total[1h]) > 2',
  },
  {
    id: 'queue-lag',
    hint: /queue|lag|backlog/i,
    when: 'a queue is not kept up with',
    metrics: ['num_pending', 'lag', 'backlog', 'pending', 'queue', 'messages_ready', 'depth'],
    but: /replica|upstream/i,
    shape: ({ compares }) => compares,
    example: 'max by (stream_name, consumer_name) (nats_consumer_num_pending) > 10000',
  },
  {
    id: 'crash-loop',
    hint: /crash|restart/i,
    when: 'a container is restarted over and over',
    metrics: [
      'kube_pod_container_status_restarts_total',
      'kube_pod_container_status_waiting_reason',
      'container_restart',
      'restarts_total',
    ],
    shape: ({ compares }) => compares,
    example: 'increase(kube_pod_container_status_restarts_total[15m]) > 3',
  },
  {
    id: 'saturation',
    hint: /satur|cpu|memory/i,
    when: 'CPU or memory run out',
    metrics: ['cpu', 'memory', 'working_set', 'horizontalpodautoscaler', '^node_load', '_utilization'],
    but: OF_A_STORE,
    shape: ({ compares }) => compares,
    example: 'container_memory_working_set_bytes / kube_pod_container_resource_limits{resource="memory"} > 0.9',
  },
  {
    id: 'certificate-expiry',
    hint: /cert|tls/i,
    when: 'a certificate is about to expire',
    metrics: ['cert.*expir', 'cert.*not_after', 'ssl_.*expir', 'earliest_cert_expiry', 'tls_.*expir'],
    but: /^(?:apiserver_client|kubelet)_/,
    shape: ({ compares }) => compares,
    example: 'certmanager_certificate_expiration_timestamp_seconds - time() < 14 * 86400',
  },
  {
    id: 'backup-age',
    hint: /backup/i,
    when: 'the newest backup is too old',
    metrics: [
      'backup',
      'pgbackrest',
      'barman',
      'wal_?g',
      'velero',
      'restic',
      'cronjob_status_last_successful_time',
      'snapshot',
    ],
    shape: ({ compares, measuresAge }) => compares && measuresAge,
    example: 'time() - max(kube_cronjob_status_last_successful_time{cronjob=~".*backup.*"}) > 26 * 3600',
  },
  {
    id: 'waf-block-spike',
    hint: /waf/i,
    when: 'the WAF blocks much more than usual',
    metrics: ['waf', 'modsec', 'coraza', 'firewall'],
    shape: ({ compares }) => compares,
    example:
      'sum(rate(waf_events_total{action="block"}[10m])) > 5 * sum(rate(waf_events_total{action="block"}[10m] offset 1d))',
  },
  {
    id: 'security-events',
    hint: /security|auth|intru/i,
    when: 'somebody tries what is not theirs',
    metrics: [
      'denied',
      'denylist',
      'forbidden',
      'unauthori',
      'auth.*(?:fail|error|reject)',
      'login',
      'falco',
      'break_?glass',
      'intrusion',
      'refused',
      'bad_signature',
      'security',
      '(?:^|_)acl(?:_|$)',
    ],
    shape: ({ compares }) => compares,
    example: 'increase(auth_failures_total[10m]) > 100',
  },
  {
    id: 'dead-man-switch',
    hint: /watchdog|dead/i,
    when: 'alerting itself is dead',
    metrics: [],
    shape: ({ always }) => always,
    example: 'vector(1)',
  },
];

const known = oncePer(({ metrics }: AlertClass) => new RegExp(metrics.join('|'), 'i'));

/** Whether an alert is of the class, by what it reads and how. */
export function isOf(kind: AlertClass, features: Features, further: readonly string[] = []): boolean {
  if (!kind.shape(features)) return false;
  if (kind.metrics.length === 0) return true;
  const patterns = further.map((pattern) => new RegExp(pattern, 'i'));
  const usual = (name: string): boolean => known(kind).test(name) && kind.but?.test(name) !== true;
  return features.reads.some(({ name = '' }) => usual(name) || patterns.some((pattern) => pattern.test(name)));
}
