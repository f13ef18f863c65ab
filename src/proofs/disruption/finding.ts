import type { Origin } from '../../model/origin.ts';
import type { Finding, Severity } from '../../model/result.ts';
import type { Verdict } from './verdict.ts';

/** A `no` as a finding with its steps, at the place it names or the one given; nothing for any other answer. */
export function refutation(
  verdict: Verdict,
  severity: Severity,
  remediation: string,
  fallback?: Origin,
): Finding | undefined {
  if (verdict.answer !== 'no') return undefined;
  const origin = verdict.origin ?? fallback;
  return {
    message: verdict.because,
    severity,
    remediation,
    counterExample: verdict.steps,
    ...(origin !== undefined && { origin }),
  };
}

/** Why the first question that stays open does. */
export function openAmong(verdicts: readonly (Verdict | undefined)[]): string | undefined {
  const open = verdicts.find((verdict) => verdict?.answer === 'unknown');
  return open?.answer === 'unknown' ? open.because : undefined;
}
