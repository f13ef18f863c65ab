/**
 * The decision of OpenTelemetry's `TraceIdRatioBasedSampler`, so that services with other SDKs decide alike: the four words of the trace id,
 * exclusive-ored, are below the ratio's share of all words. Decided from the left, most ids are settled by one digit of each word, where the
 * SDK reads all 32: this is asked of every request, and nearly always answered with no.
 */
const WORD = 8;
const HIGHEST = 0xffffffff;

/** Whether a trace id of 32 lower-case digits, not all zero, is in the share; `ratio` is 0 to 1. */
export function samplerOf(ratio: number): (traceId: string) => boolean {
  if (ratio === 1) return () => true;
  const bound = Math.floor(ratio * HIGHEST);
  if (bound === 0) return () => false;
  const digits = Array.from({ length: WORD }, (_, at) => (bound >>> (28 - 4 * at)) & 15);
  return (traceId) => {
    for (let at = 0; at < WORD; at += 1) {
      const digit =
        digitOf(traceId, at) ^ digitOf(traceId, at + 8) ^ digitOf(traceId, at + 16) ^ digitOf(traceId, at + 24);
      const bound = digits[at] as number;
      if (digit !== bound) return digit < bound;
    }
    return false;
  };
}

function digitOf(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 58 ? code - 48 : code - 87;
}
