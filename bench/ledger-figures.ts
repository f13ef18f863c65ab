/** Figures of a benchmark on a machine that may have other work: by the clock, and by the processor time that was used. */
import { availableParallelism, loadavg } from 'node:os';

/** How often per second, and how much processor time (all threads, in microseconds) each time. */
export interface Figure {
  readonly rate: number;
  readonly cpu: number;
}

/** A figure and the limit that was measured right before and after it. */
export interface Held {
  readonly own: Figure;
  readonly limit: Figure;
}

export async function measured(count: number, action: () => unknown): Promise<Figure> {
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  await action();
  const [{ user, system }, elapsed] = [process.cpuUsage(cpu), performance.now() - started];
  return { rate: (count * 1000) / elapsed, cpu: (user + system) / count };
}

/** Measures the limit before and after, so that a change of the machine's load is in both. */
export async function held(limit: () => Promise<Figure>, measure: () => Promise<Figure>): Promise<Held> {
  const before = await limit();
  const own = await measure();
  const after = await limit();
  return { own, limit: { rate: (before.rate + after.rate) / 2, cpu: (before.cpu + after.cpu) / 2 } };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export interface Row {
  readonly what: string;
  readonly limit: string;
  /** Per second, to be reached on the reference machine. */
  readonly target?: number;
  /** Of the limit, to be reached on any machine that does nothing else. */
  readonly share?: number;
}

/** One line: our rate, the limit, their ratio, each the median of the rounds; and the processor time in units of the limit's. */
export function print({ what, limit, target, share }: Row, rounds: readonly Held[]): void {
  const own = median(rounds.map((round) => round.own.rate));
  const bound = median(rounds.map((round) => round.limit.rate));
  const ratio = median(rounds.map((round) => round.own.rate / round.limit.rate));
  const work = median(rounds.map((round) => round.own.cpu / round.limit.cpu));
  const wanted = share === undefined ? '' : ` (wanted ${share.toFixed(2)}x: ${ratio >= share ? 'held' : 'not held'})`;
  const aim = target === undefined ? '' : `, target ${number(target)}/s: ${own >= target ? 'met' : 'not met'}`;
  console.log(`${what}: ${number(own)}/s${aim}`);
  console.log(`  limit, ${limit}: ${number(bound)}/s; ratio ${ratio.toFixed(2)}x${wanted}`);
  console.log(`  processor time: ${work.toFixed(2)} of the limit's for each`);
}

/** Says how busy the machine was: with more than its processors can run, rates by the clock say little. */
export function printLoad(when: string): void {
  const [load = 0] = loadavg();
  const verdict =
    load > availableParallelism() / 2 ? 'LOADED: the rates below are of what others left over' : 'idle enough';
  console.log(
    `load average of the last minute, ${when}: ${load.toFixed(2)} on ${availableParallelism()} processors, ${verdict}`,
  );
}

export function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}
