import { describe, expect, it } from 'vitest';
import { indexPlatform, viewFor } from '../src/engine/view.ts';
import { SOURCE_CLASSES } from '../src/model/document.ts';
import type { PlatformView } from '../src/model/platform.ts';
import { dashboards } from '../src/proofs/alerting/dashboards.ts';
import { platformExpressions } from '../src/proofs/alerting/expressions.ts';
import { monitorStates } from '../src/proofs/alerting/metrics/index.ts';
import { metricNeeds } from '../src/proofs/alerting/promql/index.ts';
import { delivery, traceSettings } from '../src/proofs/tracing/index.ts';
import { memoryTree, platformOf } from './fixture-platform.ts';

async function view(files: Readonly<Record<string, string>>): Promise<PlatformView> {
  return viewFor(indexPlatform(await platformOf(memoryTree(files))), SOURCE_CLASSES);
}

describe('every PromQL expression', () => {
  it('is found, whoever asks it', async () => {
    const found = platformExpressions(await view({ 'all.yaml': ASKERS, 'rules.yml': RULES }));
    expect(
      found.map(({ use, name, holder, parsed }) => [
        use,
        name,
        holder,
        parsed.ok ? metricNeeds(parsed.expr).map((need) => need.name) : parsed.error.message,
      ]),
    ).toEqual([
      ['alert', 'Errors', 'rules.yml', ['errors_total']],
      ['record', 'a:b', 'rules.yml', ['up']],
      ['analysis', 'success', 'AnalysisTemplate success', ['http_requests_total', 'http_requests_total']],
      ['analysis', 'latency', 'MetricTemplate shop/latency', ['istio_request_duration_milliseconds_bucket']],
      ['trigger', 'orders', 'ScaledObject shop/orders', ['rabbitmq_queue_messages']],
      ['panel', 'Requests', 'dashboard Shop', ['http_requests_total']],
      ['panel', 'variable pod', 'dashboard Shop', ['kube_pod_info']],
    ]);
  });

  it('of a dashboard is told from other languages by the data source', async () => {
    const [shop] = dashboards(await view({ 'all.yaml': ASKERS }));
    expect(shop?.queries.map(({ panel, language }) => [panel, language])).toEqual([
      ['Requests', 'promql'],
      ['Log', 'other'],
      ['Elsewhere', 'unknown'],
      ['variable pod', 'promql'],
    ]);
  });
});

const RULES = `
groups:
  - name: shop
    rules:
      - { alert: Errors, expr: errors_total > 1 }
      - { record: "a:b", expr: sum(up) }
`;

const ASKERS = `
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: success, namespace: shop }
spec:
  args: [{ name: service }]
  metrics:
    - name: success
      provider:
        prometheus:
          query: |
            sum(rate(http_requests_total{service="{{args.service}}",code!~"5.."}[2m]))
            / sum(rate(http_requests_total{service="{{args.service}}"}[2m]))
    - name: job
      provider: { job: {} }
---
apiVersion: flagger.app/v1beta1
kind: MetricTemplate
metadata: { name: latency, namespace: shop }
spec:
  provider: { type: prometheus, address: "http://prometheus:9090" }
  query: histogram_quantile(0.99, sum by (le) (rate(istio_request_duration_milliseconds_bucket{destination_workload="{{ target }}"}[{{ interval }}])))
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: orders, namespace: shop }
spec:
  scaleTargetRef: { name: orders }
  triggers:
    - { type: cron, metadata: { start: "0 8 * * *" } }
    - { type: prometheus, metadata: { query: "sum(rabbitmq_queue_messages{queue='orders'})", threshold: "5" } }
---
apiVersion: grafana.integreatly.org/v1beta1
kind: GrafanaDashboard
metadata: { name: shop, namespace: shop }
spec:
  json: |
    { "title": "Shop", "templating": { "list": [
        { "name": "ds", "type": "datasource", "query": "prometheus" },
        { "name": "pod", "type": "query", "datasource": "$ds", "query": "label_values(kube_pod_info{namespace=\\"shop\\"}, pod)" } ] },
      "panels": [
        { "id": 1, "type": "graph", "title": "Requests", "datasource": "$ds", "targets": [{ "expr": "rate(http_requests_total[$__rate_interval])" }] },
        { "id": 2, "type": "logs", "title": "Log", "datasource": { "type": "loki", "uid": "x" }, "targets": [{ "expr": "{app=\\"a\\"} |= \\"b\\"" }] },
        { "id": 3, "type": "graph", "title": "Elsewhere", "datasource": "Main", "targets": [{ "expr": "{app=\\"a\\"} |= \\"b\\"" }] },
        { "id": 4, "libraryPanel": { "uid": "y", "name": "z" } } ] }
`;

describe('monitors', () => {
  it('follow named ports, guards before an exporter, and number ports that nothing declares', async () => {
    const states = monitorStates(await view({ 'all.yaml': MONITORED }));
    const found = states.flatMap(({ monitor, selection, endpoints }) =>
      endpoints.map(({ port, state, targets }) => [
        monitor.name,
        selection.selected,
        port,
        state,
        targets.map(({ exporter, workload }) => exporter?.id ?? workload).join(),
      ]),
    );
    expect(found).toEqual([
      ['guarded', 'unknown', 'https', 'found', 'node_exporter'],
      ['guarded', 'unknown', 'nope', 'no-port', ''],
      ['numbered', 'unknown', '9100', 'found', 'node_exporter'],
      ['managed', 'yes', 'https', 'found', 'node_exporter'],
    ]);
  });
});

const MONITORED = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: node, namespace: ops }
spec:
  selector: { matchLabels: { app: node } }
  template:
    metadata: { labels: { app: node } }
    spec:
      containers:
        - { name: exporter, image: "quay.io/prometheus/node-exporter:v1.9.1" }
        - { name: guard, image: "quay.io/brancz/kube-rbac-proxy:v0.19.1", ports: [{ name: https, containerPort: 9101 }] }
---
apiVersion: v1
kind: Service
metadata: { name: node, namespace: ops, labels: { app: node } }
spec: { selector: { app: node }, ports: [{ name: https, port: 9100, targetPort: https }] }
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: guarded, namespace: ops }
spec: { selector: { matchLabels: { app: node } }, endpoints: [{ port: https }, { port: nope }] }
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: numbered, namespace: other }
spec: { namespaceSelector: { any: true }, selector: { matchLabels: { app: node } }, endpoints: [{ targetPort: 9100 }] }
---
apiVersion: monitoring.googleapis.com/v1
kind: PodMonitoring
metadata: { name: managed, namespace: ops }
spec: { selector: { matchLabels: { app: node } }, endpoints: [{ port: https }] }
`;

describe('spans', () => {
  it.each([
    ['to the node', { endpoint: 'http://$(NODE_IP):4318', protocol: 'http/protobuf' }, 'taken'],
    ['to the node, at a port that is not open', { endpoint: 'http://$(NODE_IP):4317', protocol: 'grpc' }, 'lost'],
    ['to the pod itself', { endpoint: 'http://localhost:4318' }, 'lost'],
    ['to a vendor', { endpoint: 'https://api.honeycomb.io:443' }, 'taken'],
    ['to another namespace that is not here', { endpoint: 'http://tempo.tracing:4318' }, 'unknown'],
    ['to who knows', { endpoint: '$(COLLECTOR):4317' }, 'unknown'],
  ])('%s', async (_, sent, state) => {
    const platform = await view({ 'all.yaml': AGENT });
    const workload = platform.workloads().find(({ name }) => name === 'app');
    if (workload === undefined) throw new Error('no app');
    expect(delivery(platform, { workload, ...sent })).toMatchObject({ state });
  });

  it('of an injected SDK go where its Instrumentation says', async () => {
    const platform = await view({ 'all.yaml': AGENT });
    const workload = platform.workloads().find(({ name }) => name === 'app');
    if (workload === undefined) throw new Error('no app');
    expect(traceSettings(platform, workload, [])).toMatchObject({
      state: 'set',
      endpoint: 'http://$(NODE_IP):4318',
      sampler: 'parentbased_traceidratio',
    });
  });
});

const AGENT = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: ops }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      containers:
        - { name: otel, image: "otel/opentelemetry-collector:0.130.0", ports: [{ containerPort: 4318, hostPort: 4318 }] }
      volumes: [{ name: config, configMap: { name: agent } }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: agent, namespace: ops }
data:
  config.yaml: |
    receivers: { otlp: { protocols: { http: { endpoint: "0.0.0.0:4318" } } } }
    exporters: { otlphttp: { endpoint: "https://api.honeycomb.io" } }
    service: { pipelines: { traces: { receivers: [otlp], exporters: [otlphttp] } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: app, namespace: shop }
spec:
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app }, annotations: { instrumentation.opentelemetry.io/inject-java: "true" } }
    spec:
      containers: [{ name: app, image: "acme/app:1.0.0" }]
---
apiVersion: opentelemetry.io/v1alpha1
kind: Instrumentation
metadata: { name: java, namespace: shop }
spec:
  exporter: { endpoint: "http://$(NODE_IP):4318" }
  sampler: { type: parentbased_traceidratio, argument: "0.25" }
`;
