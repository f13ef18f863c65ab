/** Geometry of the picture of a run. All in pixels of its view box. */
export const WIDTH = 1080;
export const LEFT = 220;
const RIGHT = 20;

export type Scale = (milliseconds: number) => number;

/** Time to x. A run of no length at all still has a place to be drawn. */
export function timeScale(durationMs: number): Scale {
  const span = Math.max(1, durationMs);
  return (milliseconds) => round(LEFT + (Math.min(span, Math.max(0, milliseconds)) / span) * (WIDTH - LEFT - RIGHT));
}

/** Seconds at which the axis is marked: a round step that gives at most ten. */
export function ticks(durationMs: number): { readonly atMs: number; readonly label: string }[] {
  const seconds = Math.max(durationMs / 1000, 0.001);
  const power = 10 ** Math.floor(Math.log10(seconds / 10));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => seconds / each <= 10) ?? seconds;
  const count = Math.floor(seconds / step) + 1;
  return Array.from({ length: count }, (_, index) => ({
    atMs: index * step * 1000,
    label: `${Number((index * step).toFixed(3))} s`,
  }));
}

/** Value to y within a lane; zero is always in it, so that a curve cannot make small things look large. */
export function valueScale(
  values: readonly number[],
  top: number,
  height: number,
): { y(value: number): number; most: number } {
  const most = Math.max(0, ...values);
  const least = Math.min(0, ...values);
  const span = most - least || 1;
  return { y: (value) => round(top + height - ((value - least) / span) * height), most };
}

export interface Placed {
  readonly x: number;
  readonly text: string;
  readonly row: number;
  /** On the left of its line, where there is no room on the right. */
  readonly flipped: boolean;
}

/** Places labels beside their lines in as few rows as they need without overlapping. */
export function placeLabels(labels: readonly { readonly x: number; readonly text: string }[], letter = 6.6): Placed[] {
  const ends: number[] = [];
  return [...labels]
    .sort((a, b) => a.x - b.x)
    .map(({ x, text }) => {
      const width = text.length * letter + 10;
      const flipped = x + width > WIDTH;
      const from = flipped ? x - width : x;
      const free = ends.findIndex((end) => end <= from);
      const row = free === -1 ? ends.length : free;
      ends[row] = from + width;
      return { x, text, row, flipped };
    });
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
