import { bytesText } from '../bytes.ts';
import { isKnown, type Figure, type Known } from '../figure.ts';

/** How a store grows, on the fullest of its volumes. Bytes, and bytes a day. */
export interface Growth {
  readonly size: number;
  readonly perDay: number;
  /** Size that retention keeps it below. */
  readonly bound?: number;
}

/** When the volume is full. */
export type Filling =
  | { readonly answer: 'never'; readonly volume: Known; readonly because: string }
  | { readonly answer: 'in'; readonly volume: Known; readonly days: number; readonly arithmetic: string }
  | { readonly answer: 'unknown'; readonly open: Exclude<Figure, Known> };

/** Straight on from now; the bound counts only where it is below the room there is. */
export function fillingOf({ size, perDay, bound }: Growth, volume: Figure): Filling {
  if (!isKnown<Known>(volume)) return { answer: 'unknown', open: volume };
  if (bound !== undefined && bound <= volume.value)
    return {
      answer: 'never',
      volume,
      because: `retention keeps it below ${bytesText(bound)} of ${bytesText(volume.value)}`,
    };
  if (perDay === 0)
    return { answer: 'never', volume, because: `it does not grow, ${bytesText(size)} of ${bytesText(volume.value)}` };
  const days = daysUntil({ size, perDay }, volume.value);
  const arithmetic = `(${bytesText(volume.value)} - ${bytesText(size)}) / ${bytesText(perDay)} a day = ${Math.floor(days)} days`;
  return { answer: 'in', volume, days, arithmetic };
}

function daysUntil({ size, perDay }: Growth, to: number): number {
  return Math.max(0, (to - size) / perDay);
}

/** The state of a volume that grows without retention, at a time. */
export interface Moment {
  readonly capacity: number;
  readonly used: number;
  /** Bytes a second. */
  readonly rate: number;
}

const SECONDS = 86_400;

/**
 * How many days before there is no room left a condition comes true and then stays true, for a store that grows at its rate until its
 * room is used up, retention or not; undefined where it never does. `capacity` is what the metrics call full, which may be more than
 * the room. The condition is asked at 4,000 evenly spaced moments, so that the answer is at most a 4,000th of the way too small.
 * `held`: seconds that it must have been true before it counts.
 */
export function leadDays(
  growth: Growth,
  { room, capacity }: { room: number; capacity: number },
  holds: (moment: Moment) => boolean,
  held: number,
): number | undefined {
  const perDay = Math.max(growth.perDay, 1);
  const from = Math.min(growth.size, room);
  const days = (room - from) / perDay;
  const steps = 4000;
  let lead: number | undefined;
  for (let step = steps; step >= 0; step -= 1) {
    const elapsed = (days * step) / steps;
    const moment = { capacity, used: Math.min(room, from + perDay * elapsed), rate: perDay / SECONDS };
    if (!holds(moment)) break;
    lead = days - elapsed;
  }
  return lead === undefined ? undefined : Math.max(0, lead - held / SECONDS);
}
