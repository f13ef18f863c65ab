/** The shapes that environment variables come in, as zod types: durations, sizes, addresses, lists. */
import { z } from 'zod';

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `45s`, `10m`, `250ms`, `400d` in milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
}

/** A duration in milliseconds, between `min` and `max`: an interval of nothing would be a loop without rest, a deadline of nothing often none. */
export function duration({ min = 0, max = 86_400_000 }: { min?: number; max?: number } = {}) {
  const least = min === 0 ? '' : `at least ${min / 1000}s and `;
  return z.string().transform((text, context) => {
    const value = parseDuration(text);
    if (value !== undefined && value >= min && value <= max) return value;
    const message = `expected a duration such as 45s or 10m, ${least}at most ${max / 1000}s`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** A whole number in the range. */
export function integer(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,12}$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}

/** A share from 0 to 1. Nothing is no share: an empty variable would else be 0. */
export const share = z
  .string()
  .regex(/^(?:0(?:\.\d{1,9})?|1(?:\.0{1,9})?)$/, 'expected a number from 0 to 1, such as 0.1')
  .transform(Number);

export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

export interface Address {
  readonly host: string | undefined;
  readonly port: number;
}

/** `host:port`, `[::1]:port`, or `:port` for every interface. */
export const address = z.string().transform((text, context): Address => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    context.addIssue({ code: 'custom', message: 'expected host:port or :port' });
    return z.NEVER;
  }
  return { host: match[1] ?? (match[2] === '' ? undefined : match[2]), port };
});

/** Comma-separated, blanks trimmed, empty items dropped. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
