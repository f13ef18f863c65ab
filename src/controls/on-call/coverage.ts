import { parseDuration } from '../../model/duration.ts';

interface Shift {
  readonly from: string;
  readonly to: string;
}

/**
 * The stretches that no shift covers, from the first shift's start over the horizon at most, or to the last shift's end if that comes
 * sooner. None when no shifts are listed: a rotation without a calendar is judged by its coverage alone.
 */
export function uncovered(shifts: readonly Shift[], horizon: string): Shift[] {
  const sorted = shifts
    .map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }))
    .sort((a, b) => a.from - b.from);
  const [first] = sorted;
  if (first === undefined) return [];
  const end = Math.min(first.from + (parseDuration(horizon) ?? 0) * 1000, Math.max(...sorted.map(({ to }) => to)));
  const gaps: Shift[] = [];
  let covered = first.from;
  for (const { from, to } of sorted) {
    if (from >= end) break;
    if (from > covered) gaps.push({ from: iso(covered), to: iso(Math.min(from, end)) });
    covered = Math.max(covered, to);
  }
  return gaps;
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
