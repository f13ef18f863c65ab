/** The registry of a process, with rate, errors and duration of requests, and how full the process is. */
import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { requestMetrics, type RequestMetrics } from './red.ts';

export interface MetricsOptions {
  /** Label `service` of what the kit measures. */
  readonly service: string;
  /** Upper bounds of request durations in seconds. */
  readonly buckets?: readonly number[];
  /** Whether the process's own figures (CPU, memory, event loop, garbage collection) are collected; true by default. */
  readonly defaults?: boolean;
}

export interface Metrics {
  readonly service: string;
  /** Register further metrics here. */
  readonly registry: Registry;
  readonly requests: RequestMetrics;
  readonly tasks: Counter<'service' | 'task' | 'result'>;
  readonly taskDuration: Histogram<'service' | 'task'>;
}

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const TASK_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 30, 60, 120];
/** Gauges that prom-client names like counters, which `promtool check metrics` refuses. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export function createMetrics({ service, buckets = BUCKETS, defaults = true }: MetricsOptions): Metrics {
  const registry = new Registry();
  const requests = requestMetrics(service, buckets);
  for (const metric of requests.collectors) registry.registerMetric(metric as unknown as Counter);
  if (defaults) {
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
    utilization(registry);
  }
  const registers = [registry];
  return {
    service,
    registry,
    requests,
    tasks: new Counter({
      name: 'worker_tasks_total',
      help: 'Tasks by kind and result.',
      labelNames: ['service', 'task', 'result'],
      registers,
    }),
    taskDuration: new Histogram({
      name: 'worker_task_duration_seconds',
      help: 'Time a task takes.',
      labelNames: ['service', 'task'],
      buckets: TASK_BUCKETS,
      registers,
    }),
  };
}

/** Share of the time since the last scrape in which the event loop was busy. */
function utilization(registry: Registry): void {
  let last: EventLoopUtilization | undefined;
  const help = 'Share of the time since the last scrape in which the event loop was busy.';
  gauge(registry, 'nodejs_eventloop_utilization_ratio', help, [], (own) => {
    const now = performance.eventLoopUtilization();
    own.set(last === undefined ? now.utilization : performance.eventLoopUtilization(now, last).utilization);
    last = now;
  });
}

function gauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  collect: (own: Gauge) => void,
): void {
  const own: Gauge = new Gauge({ name, help, labelNames, registers: [], collect: () => collect(own) });
  registry.registerMetric(own);
}

export interface PoolState {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

/**
 * Connections of a pool, read at each scrape: `pool_connections{pool,state}`, `pool_connections_max`, `pool_waiting_requests`. A pool that cannot be read
 * is missing from that scrape; all else is told.
 */
export function gaugePool({ registry }: Metrics, pool: string, read: () => PoolState): void {
  poolsOf(registry).set(pool, read);
}

const pools = new WeakMap<Registry, Map<string, () => PoolState>>();

/** The pools of a registry; with the first one come the gauges that read them all. */
function poolsOf(registry: Registry): Map<string, () => PoolState> {
  const known = pools.get(registry);
  if (known !== undefined) return known;
  const all = new Map<string, () => PoolState>();
  pools.set(registry, all);
  const each = (own: Gauge, set: (pool: string, state: PoolState) => void): void => {
    own.reset();
    for (const [pool, read] of all) {
      try {
        set(pool, read());
      } catch {
        // A made-up figure would be worse than none.
      }
    }
  };
  gauge(registry, 'pool_connections', 'Connections of a pool by state.', ['pool', 'state'], (own) =>
    each(own, (pool, { total, idle }) => {
      own.set({ pool, state: 'idle' }, idle);
      own.set({ pool, state: 'used' }, total - idle);
    }),
  );
  gauge(registry, 'pool_connections_max', 'Connections that a pool may open.', ['pool'], (own) =>
    each(own, (pool, { max }) => own.set({ pool }, max)),
  );
  gauge(registry, 'pool_waiting_requests', 'Requests that wait for a connection.', ['pool'], (own) =>
    each(own, (pool, { waiting }) => own.set({ pool }, waiting)),
  );
  return all;
}
