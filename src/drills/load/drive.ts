/**
 * The open loop: request number n is due at the start plus n intervals, whatever became of those before. It leaves as soon as a lane is free, its
 * latency counts from when it was due, and one that got no lane in time is a timeout; so a target that stalls cannot slow the clock that it is
 * held to (no coordinated omission).
 */
import type { Lane, Settle } from './lane.ts';
import type { ErrorKind, LoadPlan, Progress } from './plan.ts';
import { recorder } from './record.ts';

const ROLL_MS = 250;
/** Nothing due waits for longer than this to be looked at. */
const LONGEST_PAUSE_MS = 20;

export interface Driving {
  /** Makes no further request due. */
  stop(): void;
}

/** Drives the lanes until told to stop, or for `plan.seconds`; `tell` hears every quarter of a second, and once more when all is done. */
export function drive(
  plan: LoadPlan,
  makeLanes: (plan: LoadPlan, settle: Settle) => (lane: number) => Lane,
  tell: (progress: Progress, done: boolean) => void,
): Driving {
  const interval = 1000 / plan.perSecond;
  const began = performance.now();
  const record = recorder(began);
  let most = plan.seconds === undefined ? Number.POSITIVE_INFINITY : Math.round(plan.seconds * plan.perSecond);
  let next = 0;
  let rolled = began;

  const free = queue(plan.connections);
  /** When a lane was free last after none had been. */
  let freeSince = began;
  const underWay = new Float64Array(plan.connections).fill(Number.NaN);
  let timer: NodeJS.Timeout | undefined;

  const dueAt = (request: number) => began + request * interval;

  function send(lane: number, now: number, waited: boolean): void {
    const due = dueAt(next);
    record.left(waited ? 0 : now - Math.max(due, freeSince), waited);
    underWay[lane] = due;
    lanes[lane]!.send(next++ % plan.requests.length);
  }

  function tick(): void {
    const now = performance.now();
    giveUp(now);
    while (free.size > 0 && next < most && dueAt(next) <= now) send(free.take(), now, false);
    if (now - rolled >= ROLL_MS) {
      rolled = now;
      tell(record.progress(now, dueBy(now), false), false);
    }
    if (next >= most && free.size === plan.connections) return end(now);
    const pause = next < most ? dueAt(next) - now : LONGEST_PAUSE_MS;
    timer = setTimeout(tick, Math.max(1, Math.min(pause, LONGEST_PAUSE_MS)));
  }

  /** What is under way for too long, and what is due for too long without a lane. */
  function giveUp(now: number): void {
    const oldest = now - plan.timeoutMs;
    while (next < most && dueAt(next) < oldest) {
      next++;
      record.failed('timeout', plan.timeoutMs);
    }
    for (let lane = 0; lane < underWay.length; lane++) {
      if (!(underWay[lane]! < oldest)) continue;
      lanes[lane]!.cancel();
      settle.failed(lane, 'timeout');
    }
  }

  function release(lane: number, now: number): void {
    underWay[lane] = Number.NaN;
    if (next < most && dueAt(next) <= now) return send(lane, now, true);
    if (free.size === 0) freeSince = now;
    free.put(lane);
  }

  const settle: Settle = {
    answered(lane, status, id) {
      const now = performance.now();
      record.answered(status, now - underWay[lane]!, plan.idHeader === undefined ? undefined : (id ?? ''));
      release(lane, now);
    },
    failed(lane, kind: ErrorKind) {
      const now = performance.now();
      record.failed(kind, now - underWay[lane]!);
      release(lane, now);
    },
  };

  function dueBy(now: number): number {
    return Math.min(most, Math.floor((now - began) / interval) + 1);
  }

  function end(now: number): void {
    for (const lane of lanes) lane.close();
    tell(record.progress(now, next, true), true);
  }

  const make = makeLanes(plan, settle);
  const lanes = Array.from({ length: plan.connections }, (_, lane) => make(lane));
  tick();
  return {
    stop() {
      most = Math.min(most, Math.max(next, dueBy(performance.now())));
      clearTimeout(timer);
      tick();
    },
  };
}

/** Lanes that are free, taken in the order in which they came: every connection is used in turn. */
function queue(count: number): { readonly size: number; take(): number; put(lane: number): void } {
  const ring = Uint32Array.from({ length: count }, (_, lane) => lane);
  let [first, size] = [0, count];
  return {
    get size() {
      return size;
    },
    take() {
      const lane = ring[first]!;
      first = (first + 1) % count;
      size--;
      return lane;
    },
    put(lane) {
      ring[(first + size++) % count] = lane;
    },
  };
}
