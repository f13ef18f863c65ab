/** One healthy world in which every alert of a platform is silent, and faults to it, in as few waves as possible, on which each of them fires. */
import { walk, type Expr } from '../promql/index.ts';
import { reads, type Book } from '../slo/judge/book.ts';
import { scenarioOf, type Limits, type Scenario } from './scenario.ts';
import { firstMoment, holdsAt, keyOf, timelineOf, type ShapedSeries } from './timeline.ts';

export interface WaveAlert {
  readonly name: string;
  readonly expr: Expr;
  /** Seconds from the fault until its expression holds. */
  readonly after: number;
}

export interface Wave {
  /** Series that go another way than in the healthy world; the others stay. */
  readonly changes: readonly ShapedSeries[];
  /** Healthy series that are gone. */
  readonly gone: readonly string[];
  readonly alerts: readonly WaveAlert[];
}

export interface Waves {
  readonly healthy: readonly ShapedSeries[];
  readonly waves: readonly Wave[];
  /** Alerts that fire whatever happens. */
  readonly constant: readonly string[];
  /** Alerts for which no series are found. */
  readonly left: readonly { readonly alert: string; readonly because: string }[];
}

interface Fault {
  readonly alert: WaveAlert;
  readonly changes: ReadonlyMap<string, ShapedSeries>;
  readonly gone: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
}

export function wavesOf(book: Book, limits: Limits, settled: readonly ShapedSeries[] = []): Waves {
  const healthy = new Map(settled.map((series) => [keyOf(series), series]));
  const faults: Fault[] = [];
  const constant: string[] = [];
  const left: { alert: string; because: string }[] = [];
  for (const { name, ast } of book.alerts) {
    const metrics = new Set(reads(book, ast).flatMap((selector) => selector.name ?? []));
    if (metrics.size === 0) {
      constant.push(name);
      continue;
    }
    const found = scenarioOf(ast, book, limits, healthy);
    if ('reason' in found) left.push({ alert: name, because: found.reason });
    else {
      for (const series of found.healthy) healthy.set(keyOf(series), series);
      faults.push(faultOf(name, ast, found, metrics));
    }
  }
  const silent = faults.filter(
    ({ alert }) => !holdsAt(alert.expr, timelineOf([{ from: -Infinity, series: [...healthy.values()] }]), 0, book),
  );
  for (const { alert } of faults)
    if (!silent.some((one) => one.alert === alert))
      left.push({ alert: alert.name, because: 'it fires in the world in which the others are silent' });
  return { healthy: [...healthy.values()], waves: gather(silent, healthy, book, limits), constant, left };
}

/** The series of a wave's fault. */
export function faultyWorld(
  healthy: readonly ShapedSeries[],
  { changes, gone }: Pick<Wave, 'changes' | 'gone'>,
): ShapedSeries[] {
  const world = new Map(healthy.map((series) => [keyOf(series), series]));
  for (const key of gone) world.delete(key);
  for (const series of changes) world.set(keyOf(series), series);
  return [...world.values()];
}

/** Seconds until it no longer holds, once a fault of that length is over; `undefined`: not within the limits. */
export function quietAfter(
  expr: Expr,
  {
    healthy,
    faulty,
    lasted,
  }: { readonly healthy: readonly ShapedSeries[]; readonly faulty: readonly ShapedSeries[]; readonly lasted: number },
  book: Book,
  { within, step }: Limits,
): number | undefined {
  const timeline = timelineOf([
    { from: -Infinity, series: healthy },
    { from: 0, series: faulty },
    { from: lasted, series: healthy },
  ]);
  const at = firstMoment((moment) => !holdsAt(expr, timeline, moment, book), {
    from: lasted,
    until: lasted + within,
    step,
  });
  return at === undefined ? undefined : at - lasted;
}

/** The longest that an expression looks back, in seconds. */
export function looksBack(expr: Expr): number {
  let longest = 0;
  walk(expr, (inner) => {
    if (inner.kind !== 'selector') return;
    longest = Math.max(longest, (inner.range?.seconds ?? 0) + Math.max(0, inner.offset?.seconds ?? 0));
  });
  return longest;
}

function faultOf(name: string, expr: Expr, { healthy, faulty, after }: Scenario, metrics: ReadonlySet<string>): Fault {
  const before = new Map(healthy.map((series) => [keyOf(series), series]));
  const now = new Map(faulty.map((series) => [keyOf(series), series]));
  const isOther = (series: ShapedSeries): boolean =>
    JSON.stringify(before.get(keyOf(series))?.shape) !== JSON.stringify(series.shape);
  return {
    alert: { name, expr, after },
    changes: new Map([...now].filter(([, series]) => isOther(series))),
    gone: new Set([...before.keys()].filter((key) => !now.has(key))),
    metrics,
  };
}

/** Puts each fault into the first wave in which it, and those that read the same metrics, still fire. */
function gather(
  faults: readonly Fault[],
  healthy: ReadonlyMap<string, ShapedSeries>,
  book: Book,
  limits: Limits,
): Wave[] {
  const waves: { faults: Fault[] }[] = [];
  for (const fault of faults) {
    const fits = waves.find((wave) => fitsIn(wave.faults, fault, healthy, book, limits));
    if (fits === undefined) waves.push({ faults: [fault] });
    else fits.faults.push(fault);
  }
  return waves.map((wave) => ({
    ...merged(wave.faults),
    alerts: wave.faults.map(({ alert }) => alert),
  }));
}

function fitsIn(
  wave: readonly Fault[],
  fault: Fault,
  healthy: ReadonlyMap<string, ShapedSeries>,
  book: Book,
  { within }: Limits,
): boolean {
  const clashes = wave.some(
    (other) =>
      [...fault.changes].some(
        ([key, series]) =>
          other.gone.has(key) ||
          (other.changes.has(key) && JSON.stringify(other.changes.get(key)) !== JSON.stringify(series)),
      ) || [...fault.gone].some((key) => other.changes.has(key)),
  );
  if (clashes) return false;
  const together = [...wave, fault];
  const timeline = timelineOf([
    { from: -Infinity, series: [...healthy.values()] },
    { from: 0, series: faultyWorld([...healthy.values()], merged(together)) },
  ]);
  const touched = together.filter(({ metrics }) => [...metrics].some((name) => fault.metrics.has(name)));
  return touched.every(({ alert }) =>
    [alert.after + 0.5, within / 2, within].every((at) => holdsAt(alert.expr, timeline, at, book)),
  );
}

function merged(faults: readonly Fault[]): Pick<Wave, 'changes' | 'gone'> {
  return {
    changes: [...new Map(faults.flatMap(({ changes }) => [...changes])).values()],
    gone: [...new Set(faults.flatMap(({ gone }) => [...gone]))],
  };
}
