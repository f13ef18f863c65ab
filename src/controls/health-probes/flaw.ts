import type { Patch } from '../../model/control.ts';
import type { Finding, Severity } from '../../model/result.ts';
import type { ProbedContainer } from './input.ts';

/** Something wrong with a container's probes, and the change that mends it where a machine can know it. */
export interface Flaw {
  readonly finding: Finding;
  readonly patches?: readonly Patch[];
}

/** `container api of Deployment shop/api`. */
export function nameOf({ role, container, workload }: ProbedContainer): string {
  return `${role === 'main' ? '' : `${role} `}container ${container} of ${workload}`;
}

export function flaw(
  severity: Severity,
  message: string,
  remediation: string,
  origin: Finding['origin'],
  patches?: readonly Patch[],
): Flaw {
  return {
    finding: { message, severity, remediation, ...(origin !== undefined && { origin }) },
    ...(patches !== undefined && { patches }),
  };
}
