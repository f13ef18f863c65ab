import type { Patch } from '../../model/control.ts';
import type { Finding, Severity } from '../../model/result.ts';

/** Something wrong, and the change that mends it where a machine can know it. */
export interface Flaw {
  readonly finding: Finding;
  readonly patches?: readonly Patch[];
}

export function flaw(
  severity: Severity,
  message: string,
  remediation: string,
  origin: NonNullable<Finding['origin']>,
  more: { readonly patches?: readonly Patch[]; readonly fromAbsence?: boolean } = {},
): Flaw {
  const { patches, fromAbsence } = more;
  return {
    finding: { message, severity, remediation, origin, ...(fromAbsence === true && { fromAbsence }) },
    ...(patches !== undefined && { patches }),
  };
}
