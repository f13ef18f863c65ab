/** Series of the drill's own making: what they were, as OpenMetrics to back-fill blocks from, and what they are, for a Prometheus to scrape. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InjectedSeries, Shape } from '../../../../model/drill/metrics.ts';

export interface Injector {
  readonly port: number;
  /** Replaces all series; counters go on from where they are. */
  set(series: readonly InjectedSeries[]): void;
  close(): Promise<void>;
}

interface Running {
  readonly series: InjectedSeries;
  /** Value of a counter at `since`, seconds of the clock. */
  readonly base: number;
  readonly since: number;
}

/** Serves the series on loopback. Those that it begins with are as old as their history. */
export async function startInjector(
  history: readonly InjectedSeries[],
  historySeconds: number,
  now: () => number = () => Date.now() / 1000,
): Promise<Injector> {
  const began = now() - historySeconds;
  let running = new Map(history.map((series) => [keyOf(series), { series, base: 0, since: began }]));
  const server = createServer((_, response) => {
    const at = now();
    response.end(
      [...running.values()].map((one) => `${exposed(one.series)} ${text(valueAt(one, at))}\n`).join('') || '\n',
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    set(series) {
      const at = now();
      running = new Map(
        series.map((one): [string, Running] => {
          const before = running.get(keyOf(one));
          const counts = one.shape.kind === 'rate' && before?.series.shape.kind === 'rate';
          return [keyOf(one), { series: one, base: counts ? valueAt(before, at) : 0, since: at }];
        }),
      );
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The history as OpenMetrics, a sample every `step` seconds, up to `until`. */
export function openMetrics(
  history: readonly InjectedSeries[],
  { seconds, step, until }: { readonly seconds: number; readonly step: number; readonly until: number },
): string {
  const since = until - seconds;
  const lines: string[] = [];
  // The format wants all samples of a metric together.
  for (const own of Map.groupBy(history, ({ name }) => name).values())
    for (const series of own)
      for (let at = since; at <= until; at += step)
        lines.push(`${keyOf(series)} ${text(valueAt({ series, base: 0, since }, at))} ${at.toFixed(3)}`);
  return `${lines.join('\n')}\n# EOF\n`;
}

function valueAt({ series: { shape }, base, since }: Running, at: number): number {
  return shapeAt(shape, base, at - since, at);
}

function shapeAt(shape: Shape, base: number, passed: number, at: number): number {
  switch (shape.kind) {
    case 'level':
      return shape.value;
    case 'rate':
      return base + shape.perSecond * passed;
    case 'age':
      return at - shape.seconds;
    case 'slope':
      return shape.from + shape.perSecond * passed;
  }
}

/** An empty label keeps Prometheus from adding its own (`honor_labels`), which would make another series than that of the history. */
function exposed({ name, labels }: InjectedSeries): string {
  return keyOf({ name, labels: { instance: '', job: '', ...labels }, shape: { kind: 'level', value: 0 } });
}

/** As the exposition format writes it. */
function keyOf({ name, labels }: InjectedSeries): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([label, value]) => `${label}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
    );
  return `${name}{${pairs.join(',')}}`;
}

function text(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
