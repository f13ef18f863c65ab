/** An inclusive range of days, months or years; of minutes of the day, with the end left out. */
export type Range = readonly [number, number];

/** All that are given must hold at once; within each, any range will do. Source: Alertmanager `timeinterval/timeinterval.go`. */
export interface TimeInterval {
  /** Minutes since midnight. */
  readonly times?: readonly Range[];
  /** 0 is Sunday. */
  readonly weekdays?: readonly Range[];
  /** Negative days count from the end of the month, -1 the last. */
  readonly daysOfMonth?: readonly Range[];
  readonly months?: readonly Range[];
  readonly years?: readonly Range[];
  /** IANA name; UTC by default. */
  readonly location?: string;
}

/** A moment of the local calendar of an interval. */
export interface LocalTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Minutes since midnight. */
  readonly minute: number;
}

export function contains(interval: TimeInterval, time: LocalTime): boolean {
  const { times, weekdays, daysOfMonth, months, years } = interval;
  return (
    (times === undefined || times.some(([start, end]) => start <= time.minute && time.minute < end)) &&
    (daysOfMonth === undefined || daysOfMonth.some((range) => isDayIn(range, time))) &&
    (months === undefined || within(months, time.month)) &&
    (weekdays === undefined || within(weekdays, time.weekday)) &&
    (years === undefined || within(years, time.year))
  );
}

function within(ranges: readonly Range[], value: number): boolean {
  return ranges.some(([begin, end]) => begin <= value && value <= end);
}

function isDayIn([begin, end]: Range, { year, month, day }: LocalTime): boolean {
  const days = daysIn(year, month);
  const first = begin < 0 ? days + begin + 1 : begin;
  const last = end < 0 ? days + end + 1 : end;
  if (first > days) return false;
  return Math.max(first, -days) <= day && day <= Math.min(last, days);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The Gregorian calendar's weekdays repeat after 28 years; within them every day that recurs is seen. */
const CYCLE_FROM = 2024;
const CYCLE_YEARS = 28;

/** When something is the case: never, at every moment, or sometimes, with the first stretch of it in local time. */
export type Coverage =
  | { readonly when: 'never' }
  | { readonly when: 'always' }
  | { readonly when: 'sometimes'; readonly first: string };

/** Looks at every day there can be, and at those of bounded years. `minutes` says which of a day's are covered. */
export function coverage(intervals: readonly TimeInterval[], minutes: (date: Date) => readonly Range[]): Coverage {
  let first: string | undefined;
  let gap = false;
  for (const year of yearsToLookAt(intervals)) {
    for (let ordinal = 0; ordinal < 366; ordinal += 1) {
      const date = new Date(Date.UTC(year, 0, 1 + ordinal));
      if (date.getUTCFullYear() !== year) break;
      const covered = minutes(date);
      if (first === undefined && covered.length > 0) first = describe(date, covered);
      gap ||= inverse(covered).length > 0;
      if (first !== undefined && gap) return { when: 'sometimes', first };
    }
  }
  return { when: first === undefined ? 'never' : 'always' };
}

function yearsToLookAt(intervals: readonly TimeInterval[]): number[] {
  const years = new Set(Array.from({ length: CYCLE_YEARS }, (_, index) => CYCLE_FROM + index));
  for (const { years: ranges } of intervals)
    for (const [begin, end] of ranges ?? [])
      for (let year = begin; year <= Math.min(end, begin + CYCLE_YEARS); year += 1) years.add(year);
  return [...years].sort((a, b) => a - b);
}

/** Minutes of a day that any of the intervals covers, in order and merged. */
export function minutesOf(intervals: readonly TimeInterval[], date: Date): Range[] {
  const day = {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
  };
  return merged(
    intervals.flatMap(({ times, ...rest }) =>
      contains(rest, { ...day, minute: 0 }) ? (times ?? [[0, DAY] as const]) : [],
    ),
  );
}

const DAY = 1440;

function merged(ranges: readonly Range[]): Range[] {
  const found: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = found.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
}

/** Minutes of a day that are in none of the ranges. */
export function inverse(ranges: readonly Range[]): Range[] {
  const cuts = [0, ...merged(ranges).flat(), DAY];
  return Array.from({ length: cuts.length / 2 }, (_, index): Range => [
    cuts[2 * index] ?? 0,
    cuts[2 * index + 1] ?? 0,
  ]).filter(([start, end]) => start < end);
}

export function either(one: readonly Range[], other: readonly Range[]): Range[] {
  return merged([...one, ...other]);
}

export function both(one: readonly Range[], other: readonly Range[]): Range[] {
  return inverse([...inverse(one), ...inverse(other)]);
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function describe(date: Date, ranges: readonly Range[]): string {
  const [start, end] = ranges[0] ?? [0, DAY];
  const clock = (minute: number): string =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return `${WEEKDAYS[date.getUTCDay()] ?? ''} ${date.toISOString().slice(0, 10)} from ${clock(start)} to ${clock(end)}`;
}
