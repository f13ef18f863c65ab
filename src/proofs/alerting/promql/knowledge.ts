import type { Expr } from './ast.ts';

/** What is known beside the expression itself. */
export interface Knowledge {
  /** The expression behind a recorded name, where a rule of the platform records it. */
  readonly record?: (name: string) => Expr | undefined;
  /** Seconds between two samples of a metric, where all that may expose it is known; the shortest, where there are several. */
  readonly interval?: (name: string) => number | undefined;
  /** Whether all series of a metric come from scrapes that leave `job` and `instance` as Prometheus sets them. */
  readonly scraped?: (name: string) => boolean;
  /** What a metric is, where its exporter or a capture says so. */
  readonly type?: (name: string) => 'counter' | 'gauge' | 'histogram' | 'summary' | undefined;
}

/** Names of counters by the convention of the client libraries; OpenMetrics refuses a counter of another name. */
export function isCounterName(name: string): boolean {
  return /_(?:total|count|bucket)$/.test(name);
}

/** What happens and is never taken back, as counters are called after. */
const EVENTS =
  /_(?:requests?|responses|errors?|errs|failures?|exceptions|panics|timeouts|retries|restarts|attempts|rejections|drops?|dropped|evictions|hits|misses|calls|packets|cpu_(?:\w+_)?seconds)_total$/;

/** Something that is so for a while, and then is not: its number falls again. */
const STATES = /(?:^|_)(?:pending|waiting|queued|active|current|open|in_progress|in_?flight)_/;

/**
 * Whether a metric surely only grows. The ending `_total` alone does not tell: gauges are called so too, as `cnpg_backends_total`,
 * `minio_cluster_nodes_offline_total` and `argocd_repo_pending_request_total`.
 */
export function isCounter(name: string, knowledge: Knowledge): boolean {
  const type = knowledge.type?.(name);
  return type === undefined ? EVENTS.test(name) && !STATES.test(name) : type === 'counter';
}
