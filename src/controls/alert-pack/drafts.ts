import { CLASSES, type ClassId } from '../../proofs/alerting/pack/classes.ts';
import { parse, print, selectors } from '../../proofs/alerting/promql/index.ts';
import { literal, windowName } from '../../proofs/alerting/slo/numbers.ts';
import { ratioOf } from '../../proofs/alerting/slo/ratio.ts';
import { tiersOf } from '../../proofs/alerting/slo/tiers.ts';
import { over, windowed } from '../../proofs/alerting/slo/window.ts';
import type { Params } from './check.ts';
import type { Pack } from './query.ts';

/** The part of an alert that depends on the platform. */
export interface Draft {
  readonly expr: string;
  readonly for?: string;
  readonly pages: boolean;
}

const WINDOW = 300;

/** An alert of a class on a metric that is known to be there, or `undefined`. */
export function draftOf(id: ClassId, input: Pack, { queueLag }: Params): Draft | undefined {
  switch (id) {
    case 'error-rate':
      return errorRate(input);
    case 'p99-latency':
      return latency(input);
    case 'queue-lag':
      return queue(input, queueLag);
    case 'crash-loop':
      return { expr: 'increase(kube_pod_container_status_restarts_total[15m]) > 3', for: '5m', pages: true };
    case 'saturation':
      return {
        expr: 'max by (namespace, pod, container) (container_memory_working_set_bytes{container!=""})\n/ on (namespace, pod, container)\nmax by (namespace, pod, container) (kube_pod_container_resource_limits{resource="memory"}) > 0.9',
        for: '15m',
        pages: false,
      };
    case 'certificate-expiry':
      return certificates(input);
    case 'backup-age':
      return backups(input);
    case 'dead-man-switch':
      return { expr: 'vector(1)', pages: false };
    default:
      return declared(id, input);
  }
}

/** The error ratio of the SLO above what its quickest tier pages at. */
function errorRate({ slos }: Pack): Draft | undefined {
  const slo = slos.find(({ kind }) => kind === 'availability')?.slo;
  if (slo === undefined) return undefined;
  const ratio = ratioOf(slo.sli, '');
  const [quickest] = tiersOf(slo.objective, slo.period, slo.windows);
  if ('reason' in ratio || ratio.slice !== undefined || quickest === undefined) return undefined;
  return { expr: `(\n${ratio.error(WINDOW)}\n) > ${literal(quickest.threshold)}`, for: '5m', pages: true };
}

/** The 99th percentile of the histogram of the SLO above twice its threshold. */
function latency({ slos }: Pack): Draft | undefined {
  const found = slos.find(({ kind }) => kind === 'latency');
  if (found?.threshold === undefined || found.slo.sli.kind !== 'events') return undefined;
  const good = windowed(found.slo.sli.good ?? '');
  const parsed = 'reason' in good ? undefined : parse(over(good, WINDOW));
  const bucket = parsed?.ok === true ? selectors(parsed.expr).find(({ name }) => name?.endsWith('_bucket')) : undefined;
  if (bucket === undefined) return undefined;
  const all = print({ ...bucket, matchers: bucket.matchers.filter(({ label }) => label !== 'le') }).replace(
    /\[\d+s\]$/,
    '[5m]',
  );
  return {
    expr: `histogram_quantile(0.99, sum by (le) (rate(${all}))) > ${literal(found.threshold * 2)}`,
    for: '10m',
    pages: true,
  };
}

function queue({ storeKind = '' }: Pack, most: number): Draft | undefined {
  const lag = {
    nats: 'max by (stream_name, consumer_name) (nats_consumer_num_pending)',
    kafka: 'sum by (consumergroup, topic) (kafka_consumergroup_lag)',
    temporal: 'max by (task_queue) (approximate_backlog_count)',
  }[storeKind];
  return lag === undefined ? undefined : { expr: `${lag} > ${most}`, for: '10m', pages: true };
}

/** When three quarters of the time for renewal are left over, renewal has failed and somebody can still act. */
function certificates({ renewBefore }: Pack): Draft | undefined {
  if (renewBefore === undefined) return undefined;
  const left = Math.floor((renewBefore * 3) / 4);
  return {
    expr: `min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds - time()) < ${left}`,
    for: '10m',
    pages: true,
  };
}

/** Twice the longest pause of the schedule, so that one run may fail. */
function backups({ backups: jobs }: Pack): Draft | undefined {
  if (jobs.length === 0) return undefined;
  const parts = jobs.map(
    ({ by, pause }) =>
      `time() - max by (cronjob) (kube_cronjob_status_last_successful_time{cronjob="${by}"}) > ${pause * 2}`,
  );
  return { expr: parts.map((part) => `(${part})`).join('\nor\n'), for: '5m', pages: true };
}

/** On a metric that the spec says the service exposes, if its name says what it counts. */
function declared(id: ClassId, { metrics, kind }: Pack): Draft | undefined {
  if (kind === 'environment') return undefined;
  const patterns = CLASSES.find((one) => one.id === id)?.metrics ?? [];
  const fitting = metrics.filter(
    (name) => /^[a-zA-Z_:][\w:]*$/.test(name) && patterns.some((pattern) => new RegExp(pattern, 'i').test(name)),
  );
  const named = (test: RegExp): string | undefined => fitting.find((name) => test.test(name));
  const failures = named(/fail|error|reject/i);
  const drift = named(/drift|mismatch|discrepan|unmatched/i);
  const last = named(/last_.*timestamp/i);
  if (id === 'billing-drift')
    return drift === undefined ? undefined : { expr: `abs(sum(${drift})) > 0`, for: '30m', pages: true };
  if (id === 'processing-anomaly')
    return last === undefined ? undefined : { expr: `time() - max(${last}) > 900`, for: '5m', pages: true };
  if (failures === undefined) return undefined;
  return { expr: `sum(increase(${failures}[${windowName(900)}])) > 0`, for: '5m', pages: true };
}
