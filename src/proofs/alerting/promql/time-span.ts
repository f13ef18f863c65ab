const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 } as const;

/** Units in their order, each once at most (prometheus/common `model.ParseDuration`). */
const DURATION = /^(?=\d)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/;

/** Seconds of a duration as PromQL writes it (`1y2w3d4h5m6s7ms`); `undefined` for anything else. A year has 365 days, as in Prometheus. */
export function promDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g))
    seconds += Number(amount) * UNITS[unit as keyof typeof UNITS];
  return seconds;
}

/** A number as PromQL writes it, a duration included (Prometheus 3); `undefined` when it is none. */
export function promNumber(text: string): number | undefined {
  const plain = text.replaceAll(/[_\s]/g, '').toLowerCase();
  const sign = plain.startsWith('-') ? -1 : 1;
  const digits = plain.replace(/^[+-]/, '');
  if (digits === 'inf') return sign * Infinity;
  if (digits === 'nan') return NaN;
  const span = promDuration(digits);
  if (span !== undefined) return sign * span;
  const value = Number(digits);
  return Number.isNaN(value) ? undefined : sign * value;
}
