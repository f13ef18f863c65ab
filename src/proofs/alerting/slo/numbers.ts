/** The number without the noise of binary fractions: 1 - 0.999 is 0.001. Twelve digits are more than any objective has. */
export function exact(value: number): number {
  return Number(value.toPrecision(12));
}

/** As PromQL writes it, never with an exponent that a reader would stumble over. */
export function literal(value: number): string {
  const text = String(exact(value));
  return text.includes('e')
    ? exact(value)
        .toFixed(12)
        .replace(/\.?0+$/, '')
    : text;
}

const UNITS = [
  ['y', 31_536_000, true],
  ['w', 604_800, true],
  ['d', 86_400, false],
  ['h', 3600, false],
  ['m', 60, false],
  ['s', 1, false],
] as const;

/**
 * A window as Prometheus writes it, and hence as Sloth names its records: 5m, 1d12h, and 4w for 28 days, because years and weeks are used
 * where they fit exactly (prometheus/common `model/time.go`: `Duration.String`). Whole seconds.
 */
export function windowName(seconds: number): string {
  let rest = seconds;
  let text = '';
  for (const [unit, size, whole] of UNITS) {
    if (whole && rest % size !== 0) continue;
    const amount = Math.floor(rest / size);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * size;
  }
  return text;
}
