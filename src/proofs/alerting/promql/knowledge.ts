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
