import { Cron } from 'croner';
import { parseDuration } from './duration.ts';
import { oncePerText } from './once.ts';

/** Most runs looked at: with one every five minutes of office hours that is a month, so that nights and weekends count. */
const HORIZON = 2000;
const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** Time looked at where that takes fewer runs. */
const LONG = 5 * WEEK;
const FROM = new Date('2024-01-01T00:00:00Z');

/**
 * Seconds of the longest pause between two runs of a schedule: a cron expression in UTC, `@daily` and its like, or
 * `@every 6h` as some controllers write it. `continuous` is 0. `undefined` when it is none of these.
 */
export function longestPause(schedule: string): number | undefined {
  const pauses = pausesOf(schedule);
  return pauses === undefined ? undefined : Math.max(...pauses);
}

/** As {@link longestPause}, of the shortest pause. */
export function shortestPause(schedule: string): number | undefined {
  const pauses = pausesOf(schedule);
  return pauses === undefined ? undefined : Math.min(...pauses);
}

/** Working out the runs of a schedule takes milliseconds, and several controls ask of the same ones. */
const pausesOf = oncePerText((schedule: string): readonly number[] | undefined => {
  const text = schedule.trim();
  if (text === 'continuous') return [0];
  const every = /^@every\s+(\S+)$/.exec(text)?.[1];
  if (every !== undefined) {
    const pause = parseDuration(every);
    return pause === undefined ? undefined : [pause];
  }
  const runs = runsOf(withoutZone(text));
  if (runs === undefined || runs.length < 2) return undefined;
  return runs.slice(1).map((run, index) => (run.getTime() - (runs[index] ?? run).getTime()) / 1000);
});

function runsOf(expression: string): Date[] | undefined {
  try {
    const few = new Cron(expression, { utcOffset: 0, paused: true });
    const sample = few.nextRuns(64, FROM);
    const first = sample[0]?.getTime() ?? 0;
    const span = (sample.at(-1)?.getTime() ?? first) - first;
    const period = periodOf(expression);
    if (span > period) return sample;
    return few.nextRuns(Math.min(HORIZON, Math.ceil((sample.length * period) / Math.max(span, 1)) + 1), FROM);
  } catch {
    return undefined;
  }
}

/** Without days of the month and months a schedule comes round every week; without weekdays, too, every day. */
function periodOf(expression: string): number {
  const fields = expression.trim().split(/\s+/);
  const [day, month, weekday] = fields.slice(-3);
  if (fields.length < 5 || fields.length > 6 || day !== '*' || month !== '*') return LONG;
  return weekday === '*' ? DAY : WEEK;
}

/** `CRON_TZ=Europe/Berlin 0 2 * * *`: the zone moves the hour, not the pause. */
function withoutZone(text: string): string {
  return text.replace(/^(?:CRON_TZ|TZ)=\S+\s+/, '');
}
