/** The same rules in less time: whole ratios of events are what they were, and a fault of minutes takes seconds. */
import { formatDuration, parseDuration } from '../../model/duration.ts';

/** The shortest window in seconds that a rate is left with: four scrapes, so that one that is late leaves it with two samples. */
export function shortestWindow(interval: number): number {
  return interval * 4;
}

/** Durations of PromQL stand in brackets and after `offset`; strings and label matchers are stepped over. A rate needs some scrapes. */
export function fasterExpression(expr: string, faster: number, shortestWindow: number): string {
  const pieces =
    /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|\[([^\]"'`]+)\]|(\boffset\s+-?)((?:\d+(?:ms|[smhdwy]))+)/g;
  return expr.replace(
    pieces,
    (whole, string: string | undefined, window: string | undefined, word: string, span: string) => {
      if (string !== undefined) return whole;
      if (window === undefined) return `${word}${formatDuration(fasterSpan(span, faster, 0))}`;
      const [range = '', step] = window.split(':').map((part) => part.trim());
      const shorter = formatDuration(fasterSpan(range, faster, shortestWindow));
      if (step === undefined) return `[${shorter}]`;
      return `[${shorter}:${step === '' ? '' : formatDuration(fasterSpan(step, faster, 1))}]`;
    },
  );
}

/** Seconds; whole ones, since Prometheus writes no others. Throws a RangeError for what is no duration. */
export function fasterSpan(span: string, faster: number, least: number): number {
  const seconds = parseDuration(span);
  if (seconds === undefined) throw new RangeError(`${span} is not a duration that can be made shorter`);
  return Math.max(least, Math.round(seconds / faster));
}
