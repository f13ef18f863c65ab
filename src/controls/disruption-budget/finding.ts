import type { Finding, Step } from '../../model/result.ts';

/** A finding about drains and rollouts; `fromAbsence` where it rests on a budget that was not found. */
export function finding(
  message: string,
  severity: Finding['severity'],
  remediation: string,
  origin: Finding['origin'],
  steps?: readonly Step[],
  fromAbsence = false,
): Finding {
  return {
    message,
    severity,
    remediation,
    ...(origin !== undefined && { origin }),
    ...(steps !== undefined && { counterExample: steps }),
    ...(fromAbsence && { fromAbsence }),
  };
}
