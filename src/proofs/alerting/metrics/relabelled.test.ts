import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../model/cursor.ts';
import type { KubeObject, Workload } from '../../../model/kube.ts';
import { readRelabel } from '../routing/index.ts';
import type { MonitorEndpoint } from './monitors.ts';
import { lossOf, type Loss } from './relabelled.ts';

const origin = { path: 'app.yaml' };
const object = (kind: string, body: string): KubeObject => ({
  apiVersion: 'v1',
  kind,
  namespace: 'shop',
  name: 'checkout',
  labels: { app: 'checkout', 'app.kubernetes.io/part-of': 'shop' },
  body: parse(body) as Record<string, unknown>,
  deployable: 'k8s',
  origin,
});
const service = object('Service', 'metadata: { annotations: { prometheus.io/scrape: "true" } }');
const deployment = object('Deployment', 'spec: { template: { metadata: { labels: { app: checkout, tier: web } } } }');
const workload: Workload = {
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
  object: deployment,
  podLabels: { app: 'checkout', tier: 'web' },
};

const rules = (text: string): MonitorEndpoint['relabels'] =>
  new Cursor(parse(text), origin).items().map((at) => readRelabel(at));

function loss(relabels: string, metricRelabels = '[]', honorsLabels = false): Loss | undefined {
  const endpoint: MonitorEndpoint = {
    port: 'metrics',
    ofPod: false,
    path: '/metrics',
    drops: [],
    relabels: rules(relabels),
    metricRelabels: rules(metricRelabels),
    honorsLabels,
    jobIsOpen: false,
    origin,
  };
  return lossOf(endpoint, { namespace: 'shop', service, workload, job: 'checkout' });
}

const one = (action: string, label: string, regex: string): string =>
  `[{ action: ${action}, sourceLabels: [${label}], regex: "${regex}" }]`;
const meta = (name: string): string => `__meta_kubernetes_${name}`;

describe('a target is lost', () => {
  it.each([
    ['that has another namespace than is kept', one('keep', meta('namespace'), 'web|api')],
    ['that has another port than is kept', one('keep', meta('endpoint_port_name'), 'http')],
    [
      'whose Service has the label that is dropped',
      one('Drop', meta('service_label_app_kubernetes_io_part_of'), 'shop'),
    ],
    ['whose Service lacks the label that is kept', one('keep', meta('service_label_scrape'), 'true')],
    ['whose pods lack the label that is kept', one('keep', meta('pod_labelpresent_scrape'), 'true')],
    ['whose pods have another value', one('keep', meta('pod_label_tier'), 'batch')],
    [
      'by what an earlier rule has written',
      '[{ sourceLabels: [__meta_kubernetes_pod_label_tier], targetLabel: tier }, { action: drop, sourceLabels: [tier], regex: web }]',
    ],
    ['that is dropped whatever it is', '[{ action: drop }]'],
  ])('%s', (_, relabels) => expect(loss(relabels)?.isScraped).toBe(false));

  it('with its labels after the scrape', () => {
    expect(loss('[]', one('drop', 'namespace', 'shop'))?.isScraped).toBe(true);
    expect(loss('[]', one('keep', 'job', 'mail'))?.isScraped).toBe(true);
    expect(loss('[]', one('drop', '__name__', '.+'))?.isScraped).toBe(true);
  });

  it('with the value that kept it out', () => {
    expect(loss(one('keep', meta('pod_label_tier'), 'batch'))?.why).toBe(
      'its relabeling keeps only what has __meta_kubernetes_pod_label_tier matching batch, and here that is web',
    );
  });
});

describe('a target is kept', () => {
  it.each([
    ['that fits', one('keep', `${meta('namespace')}, ${meta('service_name')}`, 'shop;checkout')],
    ['by an annotation', one('keep', meta('service_annotation_prometheus_io_scrape'), 'true')],
    ['whose node is asked for', one('keep', meta('pod_node_name'), 'a')],
    ['whose label a mesh may add', one('keep', meta('pod_label_security_istio_io_tlsMode'), 'istio')],
    ['whose annotation a mesh may add', one('keep', meta('pod_annotation_scrape'), 'true')],
    [
      'of a shard',
      '[{ action: hashmod, sourceLabels: [__address__], targetLabel: shard, modulus: 2 }, { action: keep, sourceLabels: [shard], regex: "0" }]',
    ],
    ['of labels that a map has renamed', `[{ action: labelmap, regex: "(.+)" }, ${one('keep', 'tier', 'x').slice(1)}`],
  ])('%s', (_, relabels) => expect(loss(relabels)).toBeUndefined());

  it('of which some metrics are dropped', () => {
    expect(loss('[]', one('drop', '__name__', 'go_.+'))).toBeUndefined();
    expect(loss('[]', one('keep', 'route', '/pay'))).toBeUndefined();
  });

  it('that may say of itself what its labels are', () => {
    expect(loss('[]', one('drop', 'namespace', 'shop'), true)).toBeUndefined();
  });
});
