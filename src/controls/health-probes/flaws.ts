import { below } from '../../model/origin.ts';
import { patience, PROBES, question } from '../../proofs/probes/index.ts';
import { alwaysSucceeds, idle } from './always.ts';
import { flaw, nameOf, type Flaw } from './flaw.ts';
import { handlerFlaws, portRefusals, refusals } from './handlers.ts';
import type { ProbedContainer } from './input.ts';
import type { DeadPort } from './services.ts';

export interface Params {
  readonly liveness: boolean;
  readonly slowStartSeconds: number;
  readonly exempt: readonly string[];
}

/** All that is wrong; a probe that the API server refuses is reported for that alone. */
export function flawsOf(container: ProbedContainer, params: Params): Flaw[] {
  if (params.exempt.includes(container.container)) return [];
  const refused = [...portRefusals(container), ...PROBES.flatMap((name) => refusals(container, name))];
  if (refused.length > 0) return refused;
  const placed = PROBES.flatMap((name) => handlerFlaws(container, name));
  if (container.role !== 'main') return placed;
  return [
    ...missing(container, params),
    ...deafened(container),
    ...placed,
    ...idle(container, params),
    ...same(container),
    ...slow(container, params),
  ];
}

function missing(container: ProbedContainer, params: Params): Flaw[] {
  const { probes, service, origin, isInjected } = container;
  const where = nameOf(container);
  const absent: Flaw[] = [];
  if (probes.readinessProbe === undefined && isInjected !== true) {
    const effect =
      service === undefined
        ? 'a rollout takes it for ready as soon as it starts'
        : `Service ${service} sends it traffic as soon as it starts, and while it cannot answer`;
    const severity = service === undefined ? 'medium' : 'high';
    absent.push(
      flaw(
        severity,
        `${where} has no readiness probe: ${effect}`,
        'Add a readinessProbe that answers only when requests can be served.',
        below(origin, 'readinessProbe'),
      ),
    );
  }
  if (params.liveness && probes.livenessProbe === undefined)
    absent.push(
      flaw(
        'medium',
        `${where} has no liveness probe: a process that hangs is never restarted`,
        'Add a livenessProbe that asks the process itself, not what it depends on.',
        below(origin, 'livenessProbe'),
      ),
    );
  return absent;
}

/** A Service with `publishNotReadyAddresses` asks no readiness. */
function deafened(container: ProbedContainer): Flaw[] {
  return (container.deaf ?? []).map(({ value, origin }) =>
    flaw(
      'high',
      `${value} sends requests to ${nameOf(container)} whether it is ready or not (publishNotReadyAddresses)`,
      'Remove publishNotReadyAddresses; members of a cluster find each other by a headless Service of their own.',
      origin,
    ),
  );
}

/**
 * The same question for both is sound only where the restart comes later than the shedding, as the Kubernetes
 * documentation has it; else every lapse of a dependency that readiness sees restarts the pod.
 */
function same(container: ProbedContainer): Flaw[] {
  const { livenessProbe: liveness, readinessProbe: readiness } = container.probes;
  if (liveness === undefined || readiness === undefined || alwaysSucceeds(liveness)) return [];
  if (question(liveness, container.ports) !== question(readiness, container.ports)) return [];
  if (patience(liveness) > patience(readiness)) return [];
  const threshold = Math.ceil((patience(readiness) * 3) / liveness.periodSeconds);
  // A connection says nothing of dependencies, so the restart is only early there, not wrong.
  const severity = liveness.handlers[0]?.kind === 'tcpSocket' ? 'low' : 'medium';
  return [
    flaw(
      severity,
      `${nameOf(container)} is restarted after ${patience(liveness)} s by the very probe that takes it out of service after ${patience(readiness)} s`,
      'Let liveness ask an endpoint of its own that checks no dependency, or give it a much higher failureThreshold than readiness.',
      liveness.origin,
      [
        {
          op: 'set',
          origin: below(liveness.origin, 'failureThreshold'),
          value: threshold,
          reason: 'a restart comes later than the shedding',
        },
      ],
    ),
  ];
}

function slow(container: ProbedContainer, { slowStartSeconds }: Params): Flaw[] {
  const { livenessProbe: liveness, startupProbe } = container.probes;
  if (
    liveness === undefined ||
    startupProbe !== undefined ||
    liveness.initialDelaySeconds < Math.max(1, slowStartSeconds)
  )
    return [];
  const delay = liveness.initialDelaySeconds;
  return [
    flaw(
      'low',
      `${nameOf(container)} starts slowly (liveness waits ${delay} s) and has no startup probe: a slower start is killed, a faster one is not watched for ${delay} s`,
      'Add a startupProbe that asks the same and allows the slowest start; drop initialDelaySeconds.',
      liveness.origin,
    ),
  ];
}

export function deadPortFlaw({ service, port, target, protocol, workload, other, origin }: DeadPort): Flaw {
  const kind = protocol === 'TCP' ? 'port' : `${protocol} port`;
  if (other === undefined)
    return flaw(
      'high',
      `port ${port} of ${service} sends to a ${kind} named ${target}, which no container of ${workload} has: nobody answers there`,
      'Name a port that a container declares, or give its number.',
      origin,
    );
  return flaw(
    'medium',
    `${service} selects the pods of ${workload} beside those of ${other}, and sends to ${kind} ${target}, which only the latter lists: its share of the requests goes where nothing is known to listen`,
    'Give the pods labels that tell them apart and select by them, or declare the port where it is listened on.',
    origin,
  );
}
