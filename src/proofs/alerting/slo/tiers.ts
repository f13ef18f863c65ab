import { exact } from './numbers.ts';
import { TIER_NAMES, type Tier, type TierName, type WindowCatalog } from './types.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Windows and shares of the SRE workbook, as Sloth ships them for 30 and 28 days (`internal/alert/windows/google-30d.yaml`). */
const WORKBOOK = catalogOf([2, 5, 10, 10]);

/** Shares for a week, of Sloth's `examples/windows/7d.yaml`: with the usual ones the slow tiers would alert on what meets the objective. */
const WEEK = catalogOf([8, 12.5, 20, 42]);

/** Below it a tier would alert on an SLO that ends its period with budget left; Sloth's own least is 0.933, for 28 days. */
const LEAST = 0.9;

/** The threshold that the quickest tier gets when its own could never be reached: half of all events bad. */
const REACHABLE = 0.5;

function catalogOf([quickPage, slowPage, quickTicket, slowTicket]: [number, number, number, number]): WindowCatalog {
  return {
    'page-quick': { budgetPercent: quickPage, short: 5 * MINUTE, long: HOUR },
    'page-slow': { budgetPercent: slowPage, short: 30 * MINUTE, long: 6 * HOUR },
    'ticket-quick': { budgetPercent: quickTicket, short: 2 * HOUR, long: DAY },
    'ticket-slow': { budgetPercent: slowTicket, short: 6 * HOUR, long: 3 * DAY },
  };
}

/** The windows for a period in seconds, unless the SLO brings its own. */
export function windowsFor(period: number): WindowCatalog {
  return period === 7 * DAY ? WEEK : WORKBOOK;
}

/** The share of events that may be bad, between 0 and 1. */
export function budgetOf(objective: number): number {
  return exact(Math.round((100 - objective) * 1e9) / 1e11);
}

/**
 * The tiers of an SLO. Factor = budget share x period / long window (Sloth `internal/alert/window.go`, SRE workbook chapter 5).
 * Where factor x budget reaches 1, no error ratio is ever above it: all tiers are then lowered by one measure, so that the quickest asks
 * for half of the events to be bad and the distances between them stay. None is lowered below the pace that spends the budget in the period,
 * and the slowest stands at it. Windows longer than the period are left out.
 */
export function tiersOf(objective: number, period: number, windows: WindowCatalog = windowsFor(period)): Tier[] {
  const budget = budgetOf(objective);
  const names = TIER_NAMES.filter((name) => windows[name].long <= period);
  const factors = names.map((name) => factorOf(name, windows, period));
  const steepest = Math.max(...factors);
  const scale = steepest * budget < 1 ? 1 : REACHABLE / (steepest * budget);
  let previous = Infinity;
  return names.map((name, index): Tier => {
    const wanted = factors[index] ?? 0;
    const sustained = Math.min(previous, paceOf(wanted, index === names.length - 1));
    previous = sustained;
    const factor = scale === 1 ? sustained : Math.max(rounded(sustained * scale), Math.min(sustained, 1));
    const because = reasonFor(wanted, factor, budget, steepest);
    return {
      name,
      short: windows[name].short,
      long: windows[name].long,
      factor,
      threshold: exact(factor * budget),
      ...(because === undefined ? {} : { retiered: { from: wanted, because } }),
    };
  });
}

/** No tier below the pace that spends the budget in the period, and the slowest not above it: a burn between the two would alert nobody. */
function paceOf(wanted: number, isSlowest: boolean): number {
  return wanted < LEAST || (isSlowest && wanted > 1) ? 1 : wanted;
}

/** Down to three digits: a lowered factor is a choice, and nobody reads twelve. */
function rounded(factor: number): number {
  const size = 10 ** (Math.floor(Math.log10(factor)) - 2);
  return exact(Math.floor(factor / size + 1e-9) * size);
}

function factorOf(name: TierName, windows: WindowCatalog, period: number): number {
  const { budgetPercent, long } = windows[name];
  return exact((budgetPercent / 100) * (period / long));
}

function reasonFor(wanted: number, factor: number, budget: number, steepest: number): string | undefined {
  if (factor === wanted) return undefined;
  if (factor > wanted) return `at ${show(wanted)} times the pace it would alert on a period that ends with budget left`;
  if (steepest * budget < 1)
    return `at ${show(wanted)} times the pace a steady burn spends the budget early and alerts nobody`;
  return wanted * budget >= 1
    ? `${show(wanted)} x ${show(budget)} = ${show(wanted * budget)}, and no error ratio is above 1`
    : `lowered with the quickest tier: ${show(steepest)} x ${show(budget)} = ${show(steepest * budget)}, and no error ratio is above 1`;
}

function show(value: number): string {
  return String(Number(value.toPrecision(4)));
}
