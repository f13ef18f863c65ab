const UNIT_SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** A span of time as people write it: `90s`, `15m`, `2h`, `1h30m`, `90d`. */
export type Duration = string;

const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/;

export function isDuration(text: string): boolean {
  return DURATION.test(text);
}

/** Seconds of a duration, or `undefined` when it is not one. */
export function parseDuration(text: string): number | undefined {
  if (!isDuration(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)) {
    seconds += Number(amount) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
  }
  return seconds;
}

/** Seconds of a duration that a schema has already accepted. */
export function seconds(duration: Duration): number {
  const value = parseDuration(duration);
  if (value === undefined) throw new RangeError(`${duration} is not a duration such as 15m or 2h`);
  return value;
}

/** The shortest exact form: 5400 -> `1h30m`. */
export function formatDuration(total: number): Duration {
  if (total < 1) return `${Math.round(total * 1000)}ms`;
  let rest = Math.round(total);
  let text = '';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const amount = Math.floor(rest / UNIT_SECONDS[unit]);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * UNIT_SECONDS[unit];
  }
  return text;
}
