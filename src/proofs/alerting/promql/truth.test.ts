import { describe, expect, it } from 'vitest';
import { parse, pitfallsOf, truthOf, type Expr, type Knowledge } from './index.ts';

function expression(text: string): Expr {
  const parsed = parse(text, 'templated');
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.message}`);
  return parsed.expr;
}

const RATIO = expression('sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))');
const KNOWN: Knowledge = {
  record: (name) => (name === 'slo:sli_error:ratio_rate5m' ? RATIO : undefined),
  interval: (name) => (name === 'slow_total' ? 30 : undefined),
  type: (name) => (name === 'rows_total' ? 'counter' : /^(?:queue|depth)_/.test(name) ? 'gauge' : undefined),
};

describe('an alert that can never fire', () => {
  it.each([
    ['a{b="1",b="2"}', 'no series satisfies both b="1" and b="2"'],
    ['a{b="1",b!~"1|2"}', 'no series satisfies both b="1" and b!~"1|2"'],
    ['sum(a{b=~"x.*",b!~"x.*"}) > 1', 'no series satisfies both b=~"x.*" and b!~"x.*"'],
    ['a[5m]', 'it is a range of samples, and a rule needs one sample for each series'],
    ['"up"', 'it is a string, and a rule needs one sample for each series'],
    ['up == NaN', 'the left side is between 0 and 1, so == NaN never holds'],
    ['a{b=~"[[:alpha:]]+",b="7"}', 'no series satisfies both b=~"[[:alpha:]]+" and b="7"'],
    ['vector(0) > 0', 'the left side is always 0, so > 0 never holds'],
    ['up == 2', 'the left side is between 0 and 1, so == 2 never holds'],
    ['probe_success == 0.5', 'the left side is between 0 and 1, so == 0.5 never holds'],
    ['avg(up) > 1', 'the left side is between 0 and 1, so > 1 never holds'],
    ['rate(x_total[5m]) < 0', 'the left side is at least 0, so < 0 never holds'],
    ['count(up == 0) < 1', 'the left side is at least 1, so < 1 never holds'],
    [
      'sum(rate(r_total{code="500"}[5m])) / sum(rate(r_total[5m])) > 14.4 * 0.1',
      'the left side is between 0 and 1, so > 1.44 never holds',
    ],
    [
      '1 - sum(rate(d_bucket{le="0.3"}[5m])) / sum(rate(d_count[5m])) > 1.5',
      'the left side is between 0 and 1, so > 1.5 never holds',
    ],
    [
      '(sum(rate(a_total[5m])) - sum(rate(a_total{ok="1"}[5m]))) / sum(rate(a_total[5m])) > 1',
      'the left side is between 0 and 1, so > 1 never holds',
    ],
    [
      '(node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes) / node_memory_MemTotal_bytes > 80',
      'the left side is between 0 and 1, so > 80 never holds',
    ],
    [
      'kubelet_volume_stats_used_bytes / kubelet_volume_stats_capacity_bytes > 90',
      'the left side is between 0 and 1, so > 90 never holds',
    ],
    ['slo:sli_error:ratio_rate5m > 14.4 * 0.1', 'the left side is between 0 and 1, so > 1.44 never holds'],
    ['absent(a) and a', 'absent(a) has a result only while a has none'],
    [
      'absent(a{b="1"}) and on () (a{b="1",c="2"} > 3)',
      'absent(a{b="1"}) has a result only while a{b="1", c="2"} has none',
    ],
    ['a > 5 and a < 3', 'no value of a satisfies both comparisons'],
    ['a unless a', 'a vector unless itself is empty'],
    ['a{j="x"} and on (j) b{j="y"}', 'the two sides of and never meet: j is "x" on the left and "y" on the right'],
    ['a{j="x"} / sum(b)', 'the two sides of / never meet: j is always set on the left and never on the right'],
    [
      'absent(a) * on (j) a{j="x"}',
      'the two sides of * never meet: j is never set on the left and always on the right',
    ],
    [
      'histogram_quantile(0.9, sum by (job) (rate(a_bucket[5m]))) > 1',
      'histogram_quantile needs the label le, and it was aggregated away',
    ],
    ['(up == 2) or (vector(1) > 3)', 'the left side is between 0 and 1, so == 2 never holds'],
    ['a unless on () vector(1)', 'vector(1) is there at all times, and unless leaves nothing beside it'],
    [
      'sum(a) > 3 unless (sum(b) or vector(0))',
      'sum(b) or vector(0) is there at all times, and unless leaves nothing beside it',
    ],
    ['absent(a{j="x"}) unless on (k) hour()', 'hour() is there at all times, and unless leaves nothing beside it'],
    [
      'sum by (j) (a) unless ignoring (j) vector(1)',
      'vector(1) is there at all times, and unless leaves nothing beside it',
    ],
    ['a unless on (j) a', 'a vector unless itself is empty'],
    ['a{b="1"} > 5 unless a', 'a has all that a{b="1"} > 5 has, and unless leaves nothing'],
    ['absent(sum(a) or vector(0))', 'what absent asks for is there at all times'],
    [
      'rate(slow_total[15s]) > 1',
      'rate needs two samples, and [15s] holds no more than one of slow_total, which is scraped every 30s',
    ],
    [
      'sum(increase(slow_total[30s])) > 1',
      'increase needs two samples, and [30s] holds no more than one of slow_total, which is scraped every 30s',
    ],
    ['topk(0, a) > 0', 'topk of 0 takes no series'],
    ['hour() > 23', 'the left side is between 0 and 23, so > 23 never holds'],
  ])('%s', (text, because) => expect(truthOf(expression(text), KNOWN)).toMatchObject({ verdict: 'never', because }));
});

describe('an alert that can fire', () => {
  it.each([
    'up == 0',
    'vector(1)',
    'a{b=~"1|2",b!="1"}',
    'sum(rate(r_total{code="500"}[5m])) / sum(rate(r_total[5m])) > 14.4 * 0.01',
    'sum(rate(r_total[5m])) / sum(rate(r_total{code="200"}[5m])) > 1.2',
    'slo:sli_error:ratio_rate5m > 14.4 * 0.001',
    'absent(up{job="x"})',
    'absent(a) or a > 1',
    'histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m]))) > 1',
    'histogram_quantile(0.9, sum by (job) (rate(a[5m]))) > 1',
    'a{j="x"} and ignoring (j) b{j="y"}',
    'sum by (j) (a) / on (j) sum by (j) (b) > 1',
    'absent(a) * on () b',
    'delta(a[5m]) < 0',
    'rate(slo:x[5m]) < 0',
    'up != 1',
    'a > NaN or b',
    'a / 0 > 1',
    'a + on(j) fill(0) b > 3',
    'a unless vector(1)',
    'a unless on (j) vector(1)',
    'sum by (j) (a) unless vector(1)',
    'a unless on () (vector(1) > 0)',
    'node_filesystem_avail_bytes / node_filesystem_size_bytes > 0.9',
    'node_filesystem_size_bytes / node_filesystem_avail_bytes > 80',
    'rate(slow_total[1m]) > 1',
    'max_over_time(slow_total[15s]) > 1',
    'rate(other_total[15s]) > 1',
    'absent(rate(slow_total[15s]))',
  ])('%s', (text) => expect(truthOf(expression(text), KNOWN)).toMatchObject({ verdict: 'can' }));

  it.each([
    ['a > $limit', 'the variable limit decides'],
    ['rate(${m}_total[5m]) > 1', 'a variable decides what is read'],
    ['(a > on (j) b) unless a', 'both sides of unless read a, and how they hang together is not worked out'],
    ['a unless a{b="1"}', 'both sides of unless read a, and how they hang together is not worked out'],
    ['a - on (j) a > 0', 'both sides of - read a, and how they hang together is not worked out'],
  ])('unless it cannot be told: %s', (text, because) =>
    expect(truthOf(expression(text))).toMatchObject({ verdict: 'unknown', because }),
  );
});

describe('what is scraped has the labels of its target', () => {
  const scraped = { scraped: (name: string) => name === 'x' };
  it.each([
    ['sum by (instance) (x) / sum(x) > 1', 'never'],
    ['sum by (instance) (x) / on () group_left () sum(x) > 1', 'can'],
    ['sum by (instance) (recorded) / sum(x) > 1', 'can'],
    ['sum by (zone) (x) / sum(x) > 1', 'can'],
    ['sum by (instance) (x{instance=""}) / sum(x) > 1', 'can'],
  ])('%s', (text, verdict) => expect(truthOf(expression(text), scraped).verdict).toBe(verdict));
});

describe('pitfalls', () => {
  it.each([
    ['rate(queue_length[5m]) > 1', ['rate-of-gauge']],
    ['rate(sum(x_total)[5m:]) > 1', ['rate-of-sum']],
    ['deriv(x_errors_total[5m]) > 1', ['delta-of-counter']],
    ['sum(rate(r_total{code="200"}[5m])) / sum(rate(r_total[5m])) < 0.9', ['silent-outage']],
    ['sum(rate(hit_total[5m])) / sum(rate(r_total[5m])) < 0.9', ['nan']],
    ['sum(rate(r_total{code="500"}[5m])) / sum(rate(r_total[5m])) > 0.9', []],
    ['vector(1)', ['always']],
    ['histogram_quantile(99, rate(d_bucket[5m])) > 1', ['quantile']],
    ['histogram_quantile(0.99, rate(d_bucket[5m])) > 1', []],
    ['x > bool 1', ['bool']],
    ['x > bool 1 == 1', []],
    ['rate(x_total[5m]) > 1', []],
    ['up >= 0', ['indifferent']],
    ['0 <= up', ['indifferent']],
    ['up < 1', []],
    ['rate(x_total{code="500"}[5m])', ['indifferent']],
    ['60 * sum by (job) (rate(x_total[5m]))', ['indifferent']],
    ['histogram_quantile(0.99, rate(d_bucket[5m]))', ['indifferent']],
    ['a / b', ['indifferent']],
    ['a * on (pod) group_left () kube_pod_info', []],
    ['rate(x_total[5m]) and y > 1', []],
    ['count(rate(x_total[5m]) > 1)', []],
    ['count(failed) >= 1', []],
    ['ALERTS{alertstate="firing"}', []],
    ['failed', []],
    ['increase(x_total[5m]) or y > 1', []],
    ['node_filesystem_avail_bytes / node_filesystem_size_bytes < 10', ['nan', 'indifferent']],
    ['100 * node_filesystem_avail_bytes / node_filesystem_size_bytes < 10', ['nan']],
    ['sum(rate(r_total{code="500"}[5m])) / sum(rate(r_total[5m])) >= 0', ['indifferent']],
    ['sum(x_total) or vector(0)', ['indifferent']],
    ['(sum(rate(x_total[5m])) or vector(0)) > 1', []],
    ['absent(x) == 1', []],
    ['time() - last > 60', []],
    ['x_errors_total > 100', ['cumulative']],
    ['sum by (job) (x_errors_total) >= 10', ['cumulative']],
    ['sum by (job) (x_errors_total) >= 1', []],
    ['x_errors_total > 0', []],
    ['x_errors_total - x_errors_total offset 5m > 0', []],
    ['x_errors_total > 9 and increase(x_errors_total[5m]) > 0', []],
    ['x_errors_total == 0', []],
    ['sum(r_requests_total{code="500"}) / sum(r_requests_total) > 0.05', ['cumulative']],
    ['100 * sum(r_requests_total{code="500"}) / sum(r_requests_total) > 5', ['cumulative']],
    ['100 * (sum(r_requests_total{code="500"}) / sum(r_requests_total)) > 5', ['cumulative']],
    ['d_sum / d_count > 1', ['cumulative']],
    ['idle_count / all_count > 1', []],
    ['container_cpu_usage_seconds_total > 0.8', ['cumulative']],
    ['rows_total > 100', ['cumulative']],
    ['depth_errors_total > 100', []],
    ['cnpg_backends_waiting_total > 300', []],
    ['sum by (pod) (cnpg_backends_total) > 90', []],
    ['nats_connz_total > 1000', []],
    ['argocd_repo_pending_request_total > 20', []],
    ['etcd_debugging_mvcc_keys_total > 1e6', []],
    ['rabbitmq_queue_messages_ready_total > 1000', []],
    ['minio_cluster_drive_online_total / minio_cluster_drive_total < 0.9', ['nan']],
    ['delta(minio_cluster_nodes_offline_total[5m]) > 0', []],
    ['depth_sum / depth_count > 1', []],
  ])('%s', (text, sorts) => expect(pitfallsOf(expression(text), KNOWN).map(({ sort }) => sort)).toEqual(sorts));
});
