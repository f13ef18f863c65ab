import { describe, expect, it } from 'vitest';
import { EXPORTERS, exporter, exporterOfApp, exporterOfImage, namesOf } from './catalog/index.ts';
import { exposure } from './exposed.ts';
import { nearest } from './nearest.ts';
import type { Sources } from './sources.ts';
import type { Target } from './targets.ts';

const target = (id: string, more: Partial<Target> = {}): Target => {
  const known = exporter(id);
  return {
    by: `ServiceMonitor ${id}`,
    isOpen: known === undefined,
    drops: [],
    origin: { path: 'm' },
    ...(known === undefined ? { workload: id } : { exporter: known }),
    ...more,
  };
};
const sources = (targets: readonly Target[], more: Partial<Sources> = {}): Sources => ({
  targets,
  declared: {},
  types: {},
  hidden: [],
  ...more,
});
const state = (name: string, from: Sources): string => exposure(name, from, new Set(['job:errors:ratio'])).state;

const redis = target('redis_exporter');
const app = target('Deployment shop/app');

describe('a metric', () => {
  it.each([
    ['that a known exporter exposes', 'redis_up', sources([redis]), 'exposed'],
    [
      'that is a part of a histogram',
      'kubelet_pleg_relist_duration_seconds_bucket',
      sources([target('kubelet')]),
      'exposed',
    ],
    ['that a rule records', 'job:errors:ratio', sources([]), 'exposed'],
    ['that Prometheus makes', 'up', sources([redis]), 'exposed'],
    ['that Prometheus makes, without any target', 'up', sources([]), 'missing'],
    ['of the runtime', 'go_goroutines', sources([redis]), 'exposed'],
    ['that no rule records', 'job:latency:p99', sources([app]), 'missing'],
    ['of an exporter that is not scraped', 'pg_up', sources([redis, app]), 'missing'],
    ['of an exporter that an unseen job may scrape', 'pg_up', sources([redis], { hidden: ['a Secret'] }), 'unknown'],
    ['that our list of its exporter lacks', 'redis_brand_new_thing', sources([redis]), 'unknown'],
    ['that is a slip of a known one', 'redis_uptime_in_second', sources([redis]), 'missing'],
    ['that differs by a number', 'node_load2', sources([target('node_exporter')]), 'unknown'],
    ['that an unlisted application may expose', 'orders_total', sources([app]), 'unknown'],
    [
      'that a listed application does not',
      'orders_total',
      sources([app], { declared: { 'Deployment shop/app': ['carts_total'] } }),
      'missing',
    ],
    [
      'that a listed application does',
      'orders_seconds_count',
      sources([app], { declared: { 'Deployment shop/app': ['orders_*'] } }),
      'exposed',
    ],
    [
      'that is listed and not scraped',
      'orders_total',
      sources([redis], { declared: { 'Deployment shop/app': ['orders_total'] } }),
      'missing',
    ],
    [
      'that is a slip of a listed one, where an unlisted application is scraped too',
      'http_reuests_total',
      sources([app, redis], { declared: { 'Deployment shop/api': ['http_requests_total'] } }),
      'missing',
    ],
    ['that is a slip of a recorded one', 'job:erors:ratio', sources([app], { hidden: ['a Secret'] }), 'missing'],
    [
      'that is a neighbour of a listed one',
      'link_rx_bytes_total',
      sources([app], { declared: { 'Deployment shop/api': ['link_tx_bytes_total'] } }),
      'unknown',
    ],
    [
      'that is near to a listed one, and known to an exporter',
      'redis_up',
      sources([app], { declared: { 'Deployment shop/api': ['redis_ups'] }, hidden: ['a Secret'] }),
      'unknown',
    ],
    [
      'that is dropped',
      'redis_up',
      sources([target('redis_exporter', { drops: [{ action: 'drop', regex: 'redis_u.*', origin: { path: 'm' } }] })]),
      'missing',
    ],
    [
      'that is not kept',
      'redis_up',
      sources([
        target('redis_exporter', { drops: [{ action: 'keep', regex: 'redis_memory_.*', origin: { path: 'm' } }] }),
      ]),
      'missing',
    ],
    [
      'that one of two targets drops',
      'redis_up',
      sources([
        target('redis_exporter', { drops: [{ action: 'drop', regex: 'redis_.*', origin: { path: 'm' } }] }),
        redis,
      ]),
      'exposed',
    ],
    [
      'of an exporter told to read further ones',
      'batch_last_success',
      sources([target('node_exporter', { isOpen: true })]),
      'unknown',
    ],
  ])('%s: %s', (_, name, from, expected) => expect(state(name, from)).toBe(expected));
});

describe('the catalog', () => {
  it('has names that are names, and knows its own', () => {
    for (const each of EXPORTERS) {
      expect(namesOf(each).size).toBeGreaterThan(1);
      for (const name of namesOf(each)) expect(`${each.id} ${name}`).toMatch(/^\S+ [A-Za-z_][\w]*$/);
      expect(each.source).toMatch(/\d/);
    }
  });

  it.each([
    ['prom/node-exporter', 'node_exporter'],
    ['kube-state-metrics/kube-state-metrics', 'kube-state-metrics'],
    ['prometheuscommunity/postgres-exporter', 'postgres_exporter'],
    ['oliver006/redis_exporter', 'redis_exporter'],
    ['natsio/prometheus-nats-exporter', 'nats_exporter'],
    ['ingress-nginx/controller', 'ingress-nginx'],
    ['jetstack/cert-manager-controller', 'cert-manager'],
    ['otel/opentelemetry-collector-contrib', 'otel-collector'],
    ['grafana/grafana', 'grafana'],
    ['acme/orders', undefined],
    ['acme/prometheus-client-demo', undefined],
  ])('knows the image %s', (image, id) => expect(exporterOfImage(image)?.id).toBe(id));

  it.each([
    ['kube-state-metrics', 'kube-state-metrics'],
    ['argo-rollouts-metrics', 'argo-rollouts'],
    ['checkout', undefined],
  ])('knows the application %s', (name, id) => expect(exporterOfApp(name)?.id).toBe(id));
});

describe('the nearest name', () => {
  it.each([
    ['http_request_total', ['http_requests_total'], 'http_requests_total'],
    ['checkout_queue_lenght', ['checkout_queue_length'], 'checkout_queue_length'],
    ['latency_second_bucket', ['latency_seconds'], 'latency_seconds_bucket'],
    ['node_load1', ['node_load5'], undefined],
    ['net_rx_bytes', ['net_tx_bytes'], undefined],
    ['pool_min_size', ['pool_max_size'], undefined],
    ['queue_wait_ms', ['queue_wait_s'], undefined],
    ['node_cup_seconds', ['node_cpu_seconds'], 'node_cpu_seconds'],
    ['orders_total', ['carts_total'], undefined],
    ['orders_total', ['orders_total'], undefined],
  ])('%s', (name, candidates, expected) => expect(nearest(name, candidates)).toBe(expected));
});
