/** For an alert: series with which it is silent, and a change to them with which it fires. Found by trying, and shown by evaluating. */
import type { Expr } from '../promql/index.ts';
import type { Book } from '../slo/judge/book.ts';
import { actorsOf, type Actor } from './candidates.ts';
import { firstMoment, holdsAt, keyOf, timelineOf, type ShapedSeries, type Timeline } from './timeline.ts';

export interface Scenario {
  readonly healthy: readonly ShapedSeries[];
  readonly faulty: readonly ShapedSeries[];
  /** Seconds from the change until the expression holds. */
  readonly after: number;
}

export type Found = Scenario | { readonly reason: string };

/** More combinations than this are not tried. */
const MOST = 2_000;

export interface Limits {
  /** Seconds within which the expression must hold after the change. */
  readonly within: number;
  readonly step: number;
}

/**
 * Tries the quietest series first, so that what fires is what was meant, and not everything at once. Series that are healthy in a way that was
 * settled before stay healthy in that way.
 */
export function scenarioOf(
  alert: Expr,
  book: Book,
  limits: Limits,
  settled: ReadonlyMap<string, ShapedSeries> = new Map(),
): Found {
  try {
    const actors = actorsOf(alert, book);
    if (actors === undefined) return { reason: 'no series is found that its selectors take' };
    if (actors.length === 0) return { reason: 'it reads no series' };
    return (
      search(alert, book, limits, actors, settled) ??
      search(alert, book, limits, alike(actors), settled) ?? { reason: NOTHING }
    );
  } catch (error) {
    // What the evaluation does not know is no fault of the alert.
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

const NOTHING = 'none of the series that were tried makes it fire';

function search(
  alert: Expr,
  book: Book,
  limits: Limits,
  actors: readonly Actor[],
  settled: ReadonlyMap<string, ShapedSeries>,
): Scenario | undefined {
  for (const healthy of combinations(actors.map((actor) => settle(actor, settled)))) {
    if (holdsAt(alert, timelineOf([{ from: -Infinity, series: healthy }]), 0, book)) continue;
    const faulty = faultFor(alert, healthy, actors, book, limits);
    if (faulty !== undefined) return faulty;
  }
  return undefined;
}

/** The options that say nothing else than what is settled; where there is none, what is settled itself. */
function settle({ key, options }: Actor, settled: ReadonlyMap<string, ShapedSeries>): Actor {
  const agrees = (series: ShapedSeries): boolean => {
    const known = settled.get(keyOf(series));
    return known === undefined || JSON.stringify(known.shape) === JSON.stringify(series.shape);
  };
  const fitting = options.filter((option) => option.length > 0 && option.every(agrees));
  if (fitting.length > 0) return { key, options: fitting };
  const [first = []] = options;
  return { key, options: [first.map((series) => settled.get(keyOf(series)) ?? series)] };
}

/** Series that an operator joins have the same labels, whatever each selector asks for. */
function alike(actors: readonly Actor[]): Actor[] {
  const all = Object.assign(
    {},
    ...actors.flatMap(({ options }) => options.flat().map(({ labels }) => labels)),
  ) as Record<string, string>;
  const { le: _, instance: __, ...shared } = all;
  return actors.map(({ key, options }) => ({
    key,
    options: options.map((option) => option.map((series) => ({ ...series, labels: { ...shared, ...series.labels } }))),
  }));
}

function faultFor(
  alert: Expr,
  healthy: readonly ShapedSeries[],
  actors: readonly Actor[],
  book: Book,
  { within, step }: Limits,
): Scenario | undefined {
  for (const faulty of combinations(actors)) {
    const phases = timelineOf([
      { from: -Infinity, series: healthy },
      { from: 0, series: faulty },
    ]);
    // What does not hold in the end is not looked at more closely.
    if (!holdsAt(alert, phases, within, book)) continue;
    const after = firstMoment((at) => holdsAt(alert, phases, at, book), { from: 0, until: within, step });
    if (after !== undefined && isLasting(alert, phases, after, within, book)) return { healthy, faulty, after };
  }
  return undefined;
}

/** An alert with a `for` needs what holds, and goes on to hold. */
function isLasting(alert: Expr, phases: Timeline, after: number, within: number, book: Book): boolean {
  return [0.25, 0.5, 0.75].every((share) => holdsAt(alert, phases, after + (within - after) * share, book));
}

/** Every choice of one option for each actor, the first options first. */
function* combinations(actors: readonly Actor[]): Generator<readonly ShapedSeries[]> {
  let tried = 0;
  const total = actors.reduce((product, { options }) => product * options.length, 1);
  for (let number = 0; number < total && tried < MOST; number++, tried++) {
    let rest = number;
    const chosen = actors.flatMap(({ options }) => {
      const option = options[rest % options.length] ?? [];
      rest = Math.floor(rest / options.length);
      return option;
    });
    yield [...new Map(chosen.map((series) => [keyOf(series), series])).values()];
  }
}
