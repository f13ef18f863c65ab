/** Counts and times what comes back. Latencies go into HDR histograms of microseconds, three digits exact, up to an hour. */
import { createHistogram, performance, type RecordableHistogram } from 'node:perf_hooks';
import type { Latency, LoadSecond } from '../../model/drill/load.ts';
import type { ErrorKind, Progress } from './plan.ts';

const RANGE = { lowest: 1, highest: 3_600_000_000, figures: 3 } as const;
/** A request that left later than this left late. */
const LATE_MS = 20;
/** Share of its time that the generator may be busy before what waits is taken to wait for it. */
const MOST_BUSY = 0.95;
const MOST_LATE = 0.01;

export interface Recorder {
  /** A request left: `late` ms after it could have; `waited`: because every lane was taken. */
  left(late: number, waited: boolean): void;
  /** `id`: what names it, kept where it was taken (2xx). */
  answered(status: number, latencyMs: number, id?: string): void;
  /** Without an answer after `waitedMs`. Timeouts count as latencies of their own length: leaving them out would flatter. */
  failed(kind: ErrorKind, waitedMs: number): void;
  /** Closes what came until now. `due`: requests that were due by then; `done`: nothing more comes. */
  progress(now: number, due: number, done: boolean): Progress;
}

export function recorder(began: number): Recorder {
  const statuses = new Uint32Array(1000);
  const errors: Partial<Record<ErrorKind, number>> = {};
  const [total, second, recent] = [createHistogram(RANGE), createHistogram(RANGE), createHistogram(RANGE)];
  let sent = 0;
  let answers = 0;
  let waitedNow = 0;
  let late = 0;
  let latest = 0;
  let [at, answeredNow, failedNow] = [0, 0, 0];
  let ids: string[] = [];
  let used = performance.eventLoopUtilization();

  const time = (ms: number) => recent.record(Math.max(1, Math.round(ms * 1000)));

  /** Whole seconds that have passed, also those without an answer; and the last, unfinished one, if there is anything in it. */
  function closeSeconds(now: number, done: boolean): LoadSecond[] {
    const closed: LoadSecond[] = [];
    const close = () => {
      closed.push({ at, answered: answeredNow, failed: failedNow, ...quantiles(second) });
      second.reset();
      [at, answeredNow, failedNow] = [at + 1, 0, 0];
    };
    for (let left = Math.floor((now - began) / 1000) - at; left > 0; left--) close();
    if (done && answeredNow + failedNow > 0) close();
    return closed;
  }

  /** What waited for a lane while the generator had no time to read answers may have waited for it instead. */
  function judgeProcessor(): void {
    const now = performance.eventLoopUtilization();
    if (performance.eventLoopUtilization(now, used).utilization > MOST_BUSY) late += waitedNow;
    used = now;
    waitedNow = 0;
  }

  return {
    left(lateMs, waited) {
      sent++;
      if (waited) waitedNow++;
      else if (lateMs > LATE_MS) late++;
      if (lateMs > latest) latest = lateMs;
    },
    answered(status, latencyMs, id) {
      answers++;
      statuses[status]!++;
      answeredNow++;
      if (id !== undefined && status >= 200 && status < 300) ids.push(id);
      if (status >= 500) failedNow++;
      time(latencyMs);
    },
    failed(kind, waitedMs) {
      errors[kind] = (errors[kind] ?? 0) + 1;
      failedNow++;
      if (kind === 'timeout') time(waitedMs);
    },
    progress(now, due, done) {
      judgeProcessor();
      second.add(recent);
      total.add(recent);
      recent.reset();
      const told = ids;
      ids = [];
      return {
        startedAt: Math.round(performance.timeOrigin + began),
        seconds: (now - began) / 1000,
        due,
        sent,
        answered: answers,
        statuses: counted(statuses),
        ids: told,
        errors: { ...errors },
        latency: latencyOf(total),
        curve: closeSeconds(now, done),
        saturated: late > sent * MOST_LATE || (errors.local ?? 0) > 0,
        latestMs: latest,
      };
    },
  };
}

function counted(statuses: Uint32Array): Record<string, number> {
  return Object.fromEntries([...statuses.entries()].filter(([, count]) => count > 0));
}

function latencyOf(histogram: RecordableHistogram): Latency {
  const of = (percent: number) => quantile(histogram, percent);
  return { ...quantiles(histogram), p90: of(90), p999: of(99.9), max: of(100) };
}

function quantiles(histogram: RecordableHistogram): { p50: number; p99: number } {
  return { p50: quantile(histogram, 50), p99: quantile(histogram, 99) };
}

/** Milliseconds; NaN where nothing was recorded, which is not the same as fast. */
function quantile(histogram: RecordableHistogram, percent: number): number {
  return histogram.count === 0 ? Number.NaN : histogram.percentile(percent) / 1000;
}
