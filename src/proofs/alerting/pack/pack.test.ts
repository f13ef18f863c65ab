import { describe, expect, it } from 'vitest';
import { bookOf } from '../slo/judge/book.ts';
import { CLASSES, isOf, type ClassId } from './classes.ts';
import { featuresOf } from './features.ts';

function classesOf(expr: string, records: readonly (readonly [name: string, expr: string])[] = []): ClassId[] {
  const origin = { path: 'rules.yaml' };
  const book = bookOf([
    ...records.map(([name, text]) => ({ kind: 'record' as const, name, expr: text, labels: {}, origin })),
    { kind: 'alert', name: 'X', expr, labels: {}, origin },
  ]);
  const [alert] = book.alerts;
  if (alert === undefined) throw new Error(`${expr} does not parse`);
  const features = featuresOf(alert, book);
  return CLASSES.filter((kind) => isOf(kind, features)).map(({ id }) => id);
}

describe('the alert pack', () => {
  it.each(CLASSES.map(({ id, example }) => [id, example] as const))(
    'recognises its own example of %s',
    (id, example) => {
      expect(classesOf(example)).toContain(id);
    },
  );

  it.each<[string, ClassId[]]>([
    ['sum(rate(http_requests_total{status="429"}[5m])) > 10', []],
    ['http_requests_total{code=~"5.."}', []],
    ['histogram_quantile(0.5, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 1', []],
    ['up == 0', []],
    ['sum(rate(redis_commands_total[5m])) > 10', []],
    ['vector(1) > 2', []],
    ['increase(kube_job_status_failed{job_name=~"pg-backup.*"}[1h]) > 0', ['worker-failures']],
    ['time() - velero_backup_last_successful_timestamp > 90000', ['backup-age']],
    ['probe_ssl_earliest_cert_expiry - time() < 86400', ['certificate-expiry']],
    ['kafka_consumergroup_lag > 1000', ['queue-lag']],
    ['kafka_server_replicafetchermanager_maxlag > 1000', []],
    ['envoy_cluster_upstream_rq_pending_active > 100', []],
    ['oracledb_up == 0', []],
    ['redis_memory_used_bytes / redis_memory_max_bytes > 0.9', []],
    ['sum(rate(rest_client_requests_total{code=~"(4|5).."}[5m])) > 1', []],
    ['histogram_quantile(0.99, sum by (le) (rate(loki_request_duration_seconds_bucket[5m]))) > 1', []],
    [
      'histogram_quantile(0.01, sum by (le) (rate(apiserver_client_certificate_expiration_seconds_bucket[5m]))) < 86400',
      [],
    ],
    ['absent(container_memory_working_set_bytes)', []],
    ['absent(http_requests_total{code="500"})', []],
  ])('takes %s for %j', (expr, expected) => {
    expect(classesOf(expr)).toEqual(expected);
  });

  it('follows records to what they are made of, and takes nothing from their names', () => {
    const record = [
      'job:http_errors:ratio',
      'sum(rate(grpc_server_handled_total{grpc_code="error"}[5m])) / sum(rate(grpc_server_handled_total[5m]))',
    ] as const;
    expect(classesOf('job:http_errors:ratio > 0.1', [record])).toEqual(['error-rate']);
  });
});
