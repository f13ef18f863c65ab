/** The shapes that environment variables come in, as zod types: durations, sizes, addresses, lists. */
import { z } from 'zod';

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `45s`, `10m`, `250ms`, `400d` in milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
}

/** A duration in milliseconds, at most `max`. */
export function duration({ max = 86_400_000 }: { max?: number } = {}) {
  return z.string().transform((text, context) => {
    const value = parseDuration(text);
    if (value !== undefined && value <= max) return value;
    context.addIssue({ code: 'custom', message: `expected a duration such as 45s or 10m, at most ${max / 1000}s` });
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
