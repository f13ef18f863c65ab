/**
 * The metrics that the reference platform documents are those of its services, by name, type, help and labels; what rules and dashboards ask for is
 * then there. What a client library counts of every Node process (`process_`, `nodejs_`) need not be repeated.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMetrics, gaugePool, type Metrics } from '@launchgate/runtime/telemetry';
import type { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { apiMetrics } from '../services/api/src/serve/metrics.ts';
import { workerMetrics } from '../services/billing-worker/src/metrics.ts';
import { prometheusMetrics as agentMetrics } from '../services/node-agent/src/prometheus.ts';
import { relayMetrics } from '../services/notification-relay/src/metrics.ts';
import { prometheusMetrics as gatewayMetrics } from '../services/terminal-gateway/src/prometheus.ts';

interface Described {
  readonly type: string;
  readonly help: string;
}

const pool = () => ({ total: 1, idle: 1, waiting: 0, max: 1 });

function registryOf(service: string): Registry {
  if (service === 'api') {
    const { kit } = apiMetrics();
    gaugePool(kit, 'postgres', pool);
    return kit.registry;
  }
  const metrics = createMetrics({ service });
  OWN[service]?.(metrics);
  return metrics.registry;
}

const OWN: Readonly<Record<string, (metrics: Metrics) => void>> = {
  'billing-worker'(metrics) {
    gaugePool(metrics, 'postgres', pool);
    workerMetrics(metrics);
  },
  'notification-relay'(metrics) {
    gaugePool(metrics, 'postgres', pool);
    relayMetrics(metrics);
  },
  'terminal-gateway'({ registry }) {
    gatewayMetrics(registry, () => ({ clients: new Set(), agents: { connected: 0 }, state: 'ready' }) as never, 400);
  },
  'node-agent'({ registry }) {
    agentMetrics(registry, () => ({ sessions: { size: 0, detached: 0 }, gateways: 0 }) as never);
  },
};

const OF_EVERY_PROCESS = /^(?:process|nodejs)_/;

test.each(['api', 'billing-worker', 'notification-relay', 'terminal-gateway', 'node-agent'])(
  'docs/metrics/%s.prom is what the service exposes',
  async (service) => {
    const text = readFileSync(join(import.meta.dirname, `../examples/gpu-cloud/docs/metrics/${service}.prom`), 'utf8');
    const documented = describedIn(text);
    const registry = registryOf(service);
    const exposed = describedIn(await registry.metrics());
    for (const [name, what] of documented) expect([name, what]).toEqual([name, exposed.get(name)]);
    const own = [...exposed.keys()].filter((name) => !OF_EVERY_PROCESS.test(name));
    expect(own.filter((name) => !documented.has(name))).toEqual([]);
    for (const name of documented.keys()) {
      const labels = labelNamesOf(registry, name);
      expect([name, labelsIn(text, name).filter((label) => !labels.includes(label))]).toEqual([name, []]);
    }
  },
);

function describedIn(text: string): Map<string, Described> {
  const helps = new Map([...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name, help]) => [name ?? '', help ?? '']));
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Map(types.map(([, name = '', type = '']) => [name, { type, help: helps.get(name) ?? '' }]));
}

/** Those of requests are made by the kit at each scrape, and are no metric of the client library. */
const OF_REQUESTS: Readonly<Record<string, readonly string[]>> = {
  http_requests_total: ['service', 'route', 'method', 'status'],
  http_request_duration_seconds: ['service', 'route'],
  http_requests_in_flight: ['service'],
};

function labelNamesOf(registry: Registry, name: string): readonly string[] {
  const metric = registry.getSingleMetric(name) as { labelNames?: readonly string[] } | undefined;
  return ['le', ...(OF_REQUESTS[name] ?? metric?.labelNames ?? [])];
}

function labelsIn(text: string, metric: string): string[] {
  const samples = text.matchAll(/^([a-z_]+)\{([^}]*)\}/gm);
  const own = [...samples].filter(
    ([, name]) => name === metric || name?.replace(/_(?:bucket|sum|count)$/, '') === metric,
  );
  return own.flatMap(([, , labels]) => [...(labels ?? '').matchAll(/(\w+)=/g)].map(([, label]) => label ?? ''));
}
