/** Milliseconds of one unit, as Kubernetes, Go and Prometheus write durations. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * `45s`, `10m`, `1h30m`, `250ms` or `0` in milliseconds.
 * @throws RangeError that names what was expected; `name` says of which setting.
 */
export function parseDuration(text: string, name = 'duration'): number {
  if (text === '0') return 0;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/gy)];
  const read = parts.reduce((length, [part]) => length + part.length, 0);
  if (parts.length === 0 || read !== text.length || text.length > 32)
    throw new RangeError(
      `${name} is ${JSON.stringify(text.slice(0, 32))}, expected a duration such as 250ms, 45s or 10m`,
    );
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0);
}
