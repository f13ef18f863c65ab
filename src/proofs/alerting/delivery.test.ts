import { describe, expect, it } from 'vitest';
import { discoverFiles } from '../../../test/discover-files.ts';
import { indexPlatform, viewFor } from '../../engine/view.ts';
import { resolve } from '../../engine/resolve/index.ts';
import { specSchema } from '../../model/spec.ts';
import { deliveredAlerts } from './delivery.ts';

const RULES = `groups:
  - name: shop
    rules: [{ alert: Down, expr: up == 0, labels: { severity: page } }]
`;

const prometheus = (service: string): string => `apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main, namespace: monitoring }
spec: { alerting: { alertmanagers: [{ namespace: monitoring, name: ${service}, port: web }] } }
`;

/** An Alertmanager of the operator, its configuration elsewhere. */
const bare = (name: string): string => `apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: { name: ${name}, namespace: monitoring }
spec: {}
---
apiVersion: v1
kind: Service
metadata: { name: to-${name}, namespace: monitoring }
spec: { selector: { alertmanager: ${name} }, ports: [{ name: web, port: 9093 }] }
`;

/** One that tells a receiver of its own name. */
const alertmanager = (name: string): string => `${bare(name)}---
apiVersion: v1
kind: Secret
metadata: { name: alertmanager-${name}, namespace: monitoring }
stringData:
  alertmanager.yaml: |
    route: { receiver: ${name} }
    receivers: [{ name: ${name} }]
`;

async function toldBy(files: Readonly<Record<string, string>>): Promise<string[]> {
  const spec = specSchema.parse({
    apiVersion: 'launchgate/v1',
    kind: 'Platform',
    name: 'shop',
    environments: [
      { name: 'production', kind: 'production' },
      { name: 'staging', kind: 'staging' },
    ],
  });
  const facts = resolve(await discoverFiles({ 'rules/shop.yml': RULES, ...files }, { spec }), spec, undefined);
  const view = viewFor(indexPlatform(facts), [
    'spec',
    'kubernetes',
    'terraform',
    'prometheus-config',
    'prometheus-rules',
    'alertmanager-config',
  ]);
  return deliveredAlerts(view).flatMap(({ receivers }) => receivers.map(({ name }) => name));
}

describe('who is told of an alert', () => {
  const both = { 'k8s/infra.yaml': alertmanager('infra'), 'k8s/shop.yaml': alertmanager('shop') };

  it.each([
    ['the one that Prometheus names', 'to-shop', ['shop']],
    ['all of a namespace by the Service of the operator', 'alertmanager-operated', ['infra', 'shop']],
    ['any by a Service that is not seen', 'elsewhere', ['infra', 'shop']],
  ])('is said by every Alertmanager that is sent to: %s', async (_which, service, receivers) => {
    expect(await toldBy({ ...both, 'k8s/prometheus.yaml': prometheus(service) })).toEqual(receivers);
  });

  it('is not known where one of them is not, unless it is not sent to', async () => {
    const unseen = { 'k8s/infra.yaml': bare('infra'), 'k8s/shop.yaml': alertmanager('shop') };
    expect(await toldBy({ ...unseen, 'k8s/prometheus.yaml': prometheus('alertmanager-operated') })).toEqual([]);
    expect(await toldBy({ ...unseen, 'k8s/prometheus.yaml': prometheus('to-shop') })).toEqual(['shop']);
  });

  const config = (receiver: string): string => `route: { receiver: ${receiver} }\nreceivers: [{ name: ${receiver} }]\n`;

  it('is not said by a file that is for another environment', async () => {
    const files = {
      'monitoring/staging/alertmanager.yml': config('chat'),
      'monitoring/production/alertmanager.yml': config('pager'),
    };
    expect(await toldBy(files)).toEqual(['pager']);
    expect(await toldBy({ 'monitoring/staging/alertmanager.yml': config('chat') })).toEqual(['chat']);
  });
});
