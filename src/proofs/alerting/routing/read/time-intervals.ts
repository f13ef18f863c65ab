import type { Cursor } from '../../../../model/cursor.ts';
import type { Range, TimeInterval } from '../time-intervals.ts';
import type { NamedInterval } from '../types.ts';
import { Refused, onlyKeys, text } from '../../shapes/refused.ts';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const TIME = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** `mute_time_intervals` (deprecated) and `time_intervals`, whose names share one space. */
export function readIntervals(root: Cursor): NamedInterval[] {
  return namedIntervals([...root.get('mute_time_intervals').items(), ...root.get('time_intervals').items()], (at) =>
    onlyKeys(at, ['name', 'time_intervals']),
  );
}

/** Intervals of one space of names, each looked at first by whoever reads strictly. */
export function namedIntervals(items: readonly Cursor[], look: (at: Cursor) => void = () => {}): NamedInterval[] {
  const seen = new Set<string>();
  return items.map((at) => {
    look(at);
    const name = text(at.get('name')) ?? '';
    if (name === '') throw new Refused('missing name in time interval', at.origin);
    if (seen.has(name)) throw new Refused(`time interval "${name}" is not unique`, at.origin);
    seen.add(name);
    return { name, intervals: at.get('time_intervals').items().map(readInterval) };
  });
}

function readInterval(at: Cursor): TimeInterval {
  onlyKeys(at, ['times', 'weekdays', 'days_of_month', 'months', 'years', 'location']);
  const location = text(at.get('location'));
  if (location !== undefined && !isZone(location)) throw new Refused(`unknown time zone ${location}`, at.origin);
  return {
    ...listed('times', at.get('times'), (item) => readTimes(item)),
    ...listed('weekdays', at.get('weekdays'), (item) => named(item, WEEKDAYS)),
    ...listed('daysOfMonth', at.get('days_of_month'), readDays),
    ...listed('months', at.get('months'), (item) => named(item, MONTHS, 1)),
    ...listed('years', at.get('years'), (item) => named(item, [], 0)),
    ...(location !== undefined && { location }),
  };
}

/** As an AlertmanagerConfig writes it: `daysOfMonth` of `{start, end}`, `startTime`, no location. */
export function readCrdInterval(at: Cursor): TimeInterval {
  return {
    ...listed('times', at.get('times'), (item) => readTimes(item, 'startTime', 'endTime')),
    ...listed('weekdays', at.get('weekdays'), (item) => named(item, WEEKDAYS)),
    ...listed('daysOfMonth', at.get('daysOfMonth'), (item) => {
      const start = item.get('start').integer() ?? 1;
      return [start, item.get('end').integer() ?? start];
    }),
    ...listed('months', at.get('months'), (item) => named(item, MONTHS, 1)),
    ...listed('years', at.get('years'), (item) => named(item, [], 0)),
  };
}

function listed<K extends string>(key: K, at: Cursor, read: (item: Cursor) => Range): Partial<Record<K, Range[]>> {
  return at.exists ? ({ [key]: at.items().map(read) } as Partial<Record<K, Range[]>>) : {};
}

function readTimes(at: Cursor, from = 'start_time', to = 'end_time'): Range {
  onlyKeys(at, [from, to]);
  const [start, end] = [at.get(from), at.get(to)].map((time) => {
    const written = text(time) ?? '';
    if (!TIME.test(written)) throw new Refused(`couldn't parse timestamp ${written}, invalid format`, at.origin);
    return Number(written.slice(0, 2)) * 60 + Number(written.slice(3));
  });
  if (start === undefined || end === undefined || start >= end)
    throw new Refused('start time cannot be equal or greater than end time', at.origin);
  return [start, end];
}

function ends(at: Cursor, member: (text: string) => number | undefined): Range {
  const written = (text(at) ?? '').toLowerCase();
  const parts = written.split(':');
  const [begin, end = begin] = parts.map((part) => member(part));
  if (begin === undefined || end === undefined || parts.length > 2)
    throw new Refused(`couldn't parse range ${written}, invalid format`, at.origin);
  return [begin, end];
}

/** Members by name, and by number where a base says which number the first name has. */
function named(at: Cursor, names: readonly string[], base?: number): Range {
  const [begin, end] = ends(at, (part) => {
    const index = names.indexOf(part);
    if (index !== -1) return index + (base ?? 0);
    return base !== undefined && /^[-+]?\d+$/.test(part) ? Number(part) : undefined;
  });
  if (begin > end) throw new Refused(`${text(at) ?? ''} ends before it begins`, at.origin);
  return [begin, end];
}

function readDays(at: Cursor): Range {
  const range = ends(at, (part) => (/^-?\d+$/.test(part) ? Number(part) : undefined));
  const [begin, end] = range;
  const isDay = (day: number): boolean => day !== 0 && day >= -31 && day <= 31;
  // 28 is the shortest month: what is empty there is empty in every month.
  const [from, to] = [begin, end].map((day) => (day < 0 ? 28 + day : day));
  if (!isDay(begin) || !isDay(end) || (begin < 0 && end > 0) || (from ?? 0) > (to ?? 0))
    throw new Refused(`${text(at) ?? ''} is not a valid range of days of the month`, at.origin);
  return range;
}

function isZone(name: string): boolean {
  if (name === 'Local' || name === '') return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format();
    return true;
  } catch {
    return false;
  }
}
