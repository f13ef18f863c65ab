/** Routes that reach nobody: whose backend is dead, or that no listener takes. */
import { inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Backend, Unattached } from '../../proofs/edge/index.ts';

export function dead(where: string, backend: Backend): Finding {
  return {
    message: `${where} leads to ${backend.name}, where nobody answers: ${backend.because}`,
    severity: 'critical',
    origin: backend.origin,
    ...(backend.fromAbsence ? { fromAbsence: true } : {}),
    remediation: backend.remedy ?? 'Point the rule at a Service and port that a running pod serves.',
  };
}

/** A Service that is open by itself. */
export function openToNobody(backend: Backend, how: string): Finding {
  return {
    ...dead('', backend),
    message: `${backend.name} is open to the network outside ${how}, and nobody answers there: ${backend.because}`,
    remediation: 'Select labels and send to a port that a running pod has, or remove the Service.',
  };
}

export function unsureAttached({ source, gateway, because, origin }: Unattached): Result {
  return inconclusive(`whether ${source} is attached to ${gateway} is not known: ${because}`, origin);
}

export function unattachedFinding({ source, gateway, host, because, origin }: Unattached): Finding {
  return {
    message:
      host === undefined
        ? `${source} is attached to no listener of ${gateway}: ${because}`
        : `${source} names ${host}, which no listener of ${gateway} takes: ${because}`,
    severity: 'high',
    origin,
    remediation:
      host === undefined
        ? 'Let a listener take the route: by its kinds, its allowedRoutes.namespaces and its hostname, and by the sectionName and port that the route names.'
        : 'Give the Gateway a listener for the host, or remove it from the route.',
  };
}
