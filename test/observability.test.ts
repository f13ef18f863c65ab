import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { control as dashboards } from '../src/controls/dashboards/index.ts';
import { control as metricsExposed } from '../src/controls/metrics-exposed/index.ts';
import { control as tracingPipeline } from '../src/controls/tracing-pipeline/index.ts';
import { runControls } from '../src/engine/run.ts';
import type { AnyControl } from '../src/model/control.ts';
import { memoryTree, platformOf } from './fixture-platform.ts';

const EXAMPLE = join(import.meta.dirname, '../examples/gpu-cloud');
const RENDERED = readFileSync(join(EXAMPLE, '.rendered/k8s/overlays/production.yaml'), 'utf8');
const SPEC = readFileSync(join(EXAMPLE, 'launchgate.yaml'), 'utf8');
const CAPTURES = Object.fromEntries(
  readdirSync(join(EXAMPLE, 'docs/metrics')).map((name) => [
    `docs/metrics/${name}`,
    readFileSync(join(EXAMPLE, 'docs/metrics', name), 'utf8'),
  ]),
);

/** What fails of the reference platform, as rendered for production, once a text of it is exchanged. */
async function failing(from: string | RegExp, to: string): Promise<Record<string, string[]>> {
  const changed = RENDERED.replace(from, to);
  if (from !== '') expect(changed).not.toBe(RENDERED);
  const spec = SPEC.replace(/deployables: \[k8s\/overlays\/production.*?\]/, 'deployables: [k8s]');
  const facts = await platformOf(memoryTree({ 'launchgate.yaml': spec, 'k8s/all.yaml': changed, ...CAPTURES }));
  const controls: AnyControl[] = [metricsExposed, dashboards, tracingPipeline].map(
    (control) => control as unknown as AnyControl,
  );
  const found: Record<string, string[]> = {};
  for (const { control, subject, result } of runControls(facts, controls).conclusions) {
    if (result.outcome === 'pass') continue;
    const texts = result.outcome === 'fail' ? result.findings.map(({ message }) => message) : [JSON.stringify(result)];
    (found[`${control.meta.id}@${subject.kind}/${subject.name}`] ??= []).push(...texts);
  }
  return found;
}

describe('the reference platform, observed', () => {
  it('is right as it is', async () => expect(await failing('', '')).toEqual({}), 30_000);

  it.each([
    [
      'the label a monitor selects',
      /(kind: ServiceMonitor\nmetadata:\n {2}name: api\n[\s\S]*?app\.kubernetes\.io\/name: )api\n/,
      '$1apii\n',
      'metrics-exposed@service/api',
      'does not scrape Rollout platform/api: its selector app.kubernetes.io/name=apii does not match its Service',
    ],
    [
      'the port a monitor names',
      /(kind: ServiceMonitor\nmetadata:\n {2}name: postgres\n[\s\S]*?port: )metrics\n/,
      '$1http-metrics\n',
      'metrics-exposed@environment/production',
      'pg_up, which is not exposed: postgres_exporter exposes it, and nothing scrapes one',
    ],
    [
      'the namespace a monitor looks in',
      /(kind: ServiceMonitor\nmetadata:\n {2}name: kubelet\n[\s\S]*?path: \/metrics)\/cadvisor/,
      '$1/probes',
      'dashboards@environment/production',
      'container_cpu_usage_seconds_total',
    ],
    [
      'what Prometheus takes up',
      'serviceMonitorSelector: {}',
      'serviceMonitorSelector:\n    matchLabels:\n      release: main',
      'metrics-exposed@service/redis',
      'the serviceMonitorSelector of Prometheus observability/prometheus does not match its labels',
    ],
    [
      'the scrape of a worker',
      /kind: PodMonitor\nmetadata:\n {2}name: billing-worker\n/,
      'kind: PodMonitors\nmetadata:\n  name: billing-worker\n',
      'metrics-exposed@service/billing-worker',
      'nothing scrapes Rollout platform/billing-worker',
    ],
    [
      'the name of an exporter’s metric in an alert',
      'expr: max(pg_replication_lag_seconds)',
      'expr: max(pg_replication_lag_second)',
      'metrics-exposed@environment/production',
      'pg_replication_lag_second, which is not exposed: postgres_exporter exposes no metric of that name; did you mean pg_replication_lag_seconds?',
    ],
    [
      'the name of a metric of our own in an alert',
      'expr: max by (region) (provisioning_oldest_pending_seconds)',
      'expr: max by (region) (provisioning_oldest_waiting_seconds)',
      'metrics-exposed@environment/production',
      'provisioning_oldest_waiting_seconds, which is not exposed: nothing that is scraped exposes it',
    ],
    [
      'the name of a metric in a panel',
      /rate\(redis_evicted_keys_total\[5m\]\)/,
      'rate(redis_evicted_key_total[5m])',
      'dashboards@environment/production',
      'redis_evicted_key_total is not exposed',
    ],
    [
      'a parenthesis of an alert',
      'expr: count(redis_up == 1) < 2',
      'expr: count(redis_up == 1 < 2',
      'metrics-exposed@environment/production',
      'a parenthesis is not closed, at line 1, column 24 of the expression',
    ],
    [
      'a threshold out of reach',
      'expr: probe_success == 0',
      'expr: probe_success == 2',
      'metrics-exposed@environment/production',
      'can never fire: the left side is between 0 and 1, so == 2 never holds',
    ],
    [
      'the receivers of the pipeline',
      /receivers:\s*\[otlp\]/,
      'receivers: [otlp/in]',
      'tracing-pipeline@service/api',
      'stands in no pipeline for traces',
    ],
    [
      'the exporters of the pipeline',
      /exporters:\s*\[awsxray\]/,
      'exporters: [xray]',
      'tracing-pipeline@environment/production',
      'a pipeline names exporter xray, which is not defined',
    ],
    [
      'the port of an endpoint',
      /OTEL_EXPORTER_OTLP_ENDPOINT: https:\/\/otel-gateway\.observability\.svc:4318/,
      'OTEL_EXPORTER_OTLP_ENDPOINT: https://otel-gateway.observability.svc:4317',
      'tracing-pipeline@service/',
      'Service observability/otel-gateway has no port 4317',
    ],
    [
      'the protocol of the exporters',
      /OTEL_EXPORTER_OTLP_PROTOCOL: http\/json/,
      'OTEL_EXPORTER_OTLP_PROTOCOL: grpc',
      'tracing-pipeline@service/',
      'it sends grpc, and port 4318 speaks HTTP',
    ],
    [
      'a host that is probed',
      '- https://console.gpucloud.example/\n',
      '- https://status.gpucloud.example/\n',
      'metrics-exposed@environment/production',
      'nothing asks console.gpucloud.example from outside',
    ],
    [
      'the second Prometheus',
      /(kind: Prometheus\n[\s\S]*?replicas: )2/,
      '$11',
      'metrics-exposed@environment/production',
      'has 1 replica, wanted are 2',
    ],
  ])(
    'notices a break of %s',
    async (_, from, to, where, message) => {
      const found = await failing(from, to);
      const texts = Object.entries(found).flatMap(([key, all]) => (key.startsWith(where) ? all : []));
      expect(texts.join('\n')).toContain(message);
    },
    30_000,
  );
});
