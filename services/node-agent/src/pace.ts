/**
 * How much output may be under way to one viewer. A fixed amount is too little for a fast viewer, which then waits for its node, and too much
 * for a slow one, where what answers a Ctrl-C stands behind all of it. So it is what the viewer has lately consumed in `HORIZON`, within bounds.
 */
import { MOST_UNACKNOWLEDGED } from './protocol.ts';

/** Milliseconds of output that may be under way: well above the round trip between busy processes of one machine. */
const HORIZON = 20;
/** Bytes that may be under way to anybody: viewers that are far away, or have just come. */
const LEAST = 262_144;

export interface Pace {
  /** Bytes that may be unacknowledged now. */
  readonly window: number;
  /** The viewer has consumed so many bytes more; `now` is of `performance.now()`. */
  consumed(bytes: number, now: number): void;
}

/** `most` is what the ring can hold for a resume. */
export function createPace(most: number): Pace {
  const bound = Math.min(most, MOST_UNACKNOWLEDGED);
  const least = Math.min(bound, LEAST);
  let window = least;
  let bytes = 0;
  let since = -Infinity;
  return {
    get window() {
      return window;
    },
    consumed(more, now) {
      bytes += more;
      const elapsed = now - since;
      if (elapsed < HORIZON) return;
      window = Math.min(bound, Math.max(least, Math.ceil((bytes / elapsed) * HORIZON)));
      bytes = 0;
      since = now;
    },
  };
}
