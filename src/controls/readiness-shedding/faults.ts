import type { Origin } from '../../model/origin.ts';
import type { Finding, Severity } from '../../model/result.ts';
import { patience, question, type Probe } from '../../proofs/probes/index.ts';
import type { ProbedContainer, Shedding } from './input.ts';

/** A declaration that the flows contradict is wrong, or a flow is missing; either way readiness follows something else than it should. */
export function dependencyFaults(name: string, { critical = [], reached, flowsKnown }: Shedding): Finding[] {
  if (!flowsKnown) return [];
  return critical
    .filter((one) => !reached.includes(one))
    .map((one) => ({
      message: `${name} declares ${one} critical, and no flow leads from it there`,
      severity: 'medium',
      remediation: `Declare the flow from service/${name} to ${one}, or take it out of criticalDependencies.`,
    }));
}

/** Of the containers of one workload. A pod is ready when all of them are, so one that follows the dependencies is enough. */
export function probeFaults(
  pod: readonly ProbedContainer[],
  critical: readonly string[],
  shedWithin: number,
): Finding[] {
  const gets = pod.some(({ receives }) => receives) && critical.length > 0;
  return [
    ...(gets ? [sheds(pod, critical, shedWithin)] : []),
    ...pod.flatMap((container) => [
      same(container, critical),
      shared(container, 'readinessProbe'),
      shared(container, 'livenessProbe'),
    ]),
  ].filter((finding) => finding !== undefined);
}

function sheds(pod: readonly ProbedContainer[], critical: readonly string[], shedWithin: number): Finding | undefined {
  const [main] = pod;
  const asked = pod.filter(({ probes }) => probes.readinessProbe !== undefined);
  const [first] = asked;
  if (main === undefined || first === undefined) return main && absent(main, critical);
  const following = asked.filter(({ probes: { readinessProbe } }) => !isConnection(readinessProbe));
  const [quickest] = following.toSorted((a, b) => patienceOf(a) - patienceOf(b));
  return quickest === undefined ? blind(first, critical) : slow(quickest, shedWithin);
}

function absent(container: ProbedContainer, critical: readonly string[]): Finding {
  const effect = `it gets requests while ${critical.join(' or ')} is down`;
  const remedy = 'Add a readinessProbe that follows the critical dependencies.';
  return {
    ...finding(container, 'high', 'has no readiness probe', effect, remedy, container.origin),
    fromAbsence: true,
  };
}

/** Readiness that follows dependencies is no question for liveness, however patient: a restart brings no database back. */
function same(container: ProbedContainer, critical: readonly string[]): Finding | undefined {
  const { livenessProbe: liveness, readinessProbe: readiness } = container.probes;
  if (critical.length === 0 || liveness === undefined || !asksTheSame(container) || isConnection(readiness))
    return undefined;
  return finding(
    container,
    patience(liveness) <= patienceOf(container) ? 'high' : 'medium',
    'asks the same for liveness as for readiness',
    `when ${critical.join(' or ')} is down, every replica is restarted after ${patience(liveness)} s`,
    'Let liveness ask an endpoint of its own that checks no dependency.',
    liveness.origin,
  );
}

/** Whether liveness of a container asks what its readiness asks. */
export function asksTheSame({ probes: { livenessProbe, readinessProbe }, ports }: ProbedContainer): boolean {
  if (livenessProbe === undefined || readinessProbe === undefined) return false;
  return question(livenessProbe, ports) === question(readinessProbe, ports);
}

/** An open port says nothing of what is behind it. */
function blind(container: ProbedContainer, critical: readonly string[]): Finding {
  return finding(
    container,
    'medium',
    'only has its port opened by readiness',
    `it gets requests while ${critical.join(' or ')} is down`,
    'Let readiness ask an endpoint that follows the critical dependencies.',
    container.probes.readinessProbe?.origin,
  );
}

function slow(container: ProbedContainer, shedWithin: number): Finding | undefined {
  if (patienceOf(container) <= shedWithin) return undefined;
  return finding(
    container,
    'low',
    `goes out of service ${patienceOf(container)} s after readiness fails`,
    `${shedWithin} s is the longest that is allowed`,
    'Lower periodSeconds or failureThreshold of the readinessProbe.',
    container.probes.readinessProbe?.origin,
  );
}

/** Seconds until readiness takes the pod out. */
export function patienceOf({ probes: { readinessProbe } }: ProbedContainer): number {
  return readinessProbe === undefined ? Infinity : patience(readinessProbe);
}

/** The kubelet runs a command on every replica alike: no damper can come between, and the whole fleet goes at once. */
function shared(container: ProbedContainer, name: 'readinessProbe' | 'livenessProbe'): Finding | undefined {
  const hosts = container.elsewhere[name];
  if (hosts === undefined) return undefined;
  const restarts = name === 'livenessProbe';
  return finding(
    container,
    restarts ? 'critical' : 'high',
    `asks ${hosts.join(', ')} by its ${restarts ? 'liveness' : 'readiness'} probe, which all replicas share`,
    `when that is down, all of them are ${restarts ? 'restarted' : 'out of service'} at once`,
    restarts
      ? 'Let liveness ask the process itself.'
      : 'Let readiness ask the process, which can tell a fault of its own from one that every replica has.',
    container.probes[name]?.origin,
  );
}

function isConnection(probe: Probe | undefined): boolean {
  return probe?.handlers[0]?.kind === 'tcpSocket';
}

function finding(
  { container, workload }: ProbedContainer,
  severity: Severity,
  what: string,
  effect: string,
  remediation: string,
  origin?: Origin,
): Finding {
  const message = `container ${container} of ${workload} ${what}: ${effect}`;
  return { message, severity, remediation, ...(origin !== undefined && { origin }) };
}
