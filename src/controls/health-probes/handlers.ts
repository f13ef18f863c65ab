import { below } from '../../model/origin.ts';
import type { Handler, Port, Probe, ProbeName } from '../../proofs/probes/index.ts';
import { flaw, nameOf, type Flaw } from './flaw.ts';
import type { ProbedContainer } from './input.ts';

const WORDS: Readonly<Record<ProbeName, string>> = {
  livenessProbe: 'liveness',
  readinessProbe: 'readiness',
  startupProbe: 'startup',
};

/** What the API server refuses: `validateProbe`, `validateLivenessProbe` and `validateInitContainers` of kubernetes pkg/apis/core/validation. */
export function refusals(container: ProbedContainer, name: ProbeName): Flaw[] {
  const probe = container.probes[name];
  if (probe === undefined) return [];
  const reason = refusal(container, name);
  if (reason === undefined) return [];
  const message = `the API server refuses the ${WORDS[name]} probe of ${nameOf(container)}: ${reason}`;
  return [flaw('high', message, 'Correct the probe; until then nothing of the workload is applied.', probe.origin)];
}

function refusal({ role, probes }: ProbedContainer, name: ProbeName): string | undefined {
  const probe = probes[name];
  if (probe === undefined) return undefined;
  if (role === 'init') return 'an init container may have none';
  const [handler, second] = probe.handlers;
  if (handler === undefined) return 'it asks nothing (httpGet, tcpSocket, grpc or exec)';
  if (second !== undefined) return `it has both ${handler.kind} and ${second.kind}`;
  if (name !== 'readinessProbe' && probe.successThreshold !== 1)
    return `successThreshold is ${probe.successThreshold}, only 1 is allowed`;
  if (name === 'readinessProbe' && probe.ownGracePeriod) return 'terminationGracePeriodSeconds has no place in it';
  const negative = NUMBERS.find((field) => probe[field] < 0);
  if (negative !== undefined) return `${negative} is ${probe[negative]}, which is less than 0`;
  return handler.kind === 'exec' ? commandRefusal(handler) : (schemeRefusal(handler) ?? portRefusal(handler));
}

/** A 0 is none of them: it stands for the default. */
const NUMBERS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const satisfies readonly (keyof Probe)[];

function schemeRefusal({ scheme = '' }: Handler): string | undefined {
  return ['', 'HTTP', 'HTTPS'].includes(scheme)
    ? undefined
    : `the scheme ${JSON.stringify(scheme)} is neither HTTP nor HTTPS`;
}

function commandRefusal({ asks }: Handler): string | undefined {
  return asks === '' ? 'exec has no command' : undefined;
}

function portRefusal({ kind, port }: Handler): string | undefined {
  if (port === undefined) return `${kind} has no port`;
  if (kind === 'grpc' && typeof port === 'string') return 'grpc takes a number as port';
  if (typeof port === 'number')
    return port < 1 || port > 65_535 ? `port ${port} is not between 1 and 65535` : undefined;
  return /^(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/.test(port) && port.length <= 15
    ? undefined
    : `${JSON.stringify(port)} is no name of a port`;
}

/** Two ports of a container under one name, which the API server refuses too: `validateContainerPorts`. */
export function portRefusals(container: ProbedContainer): Flaw[] {
  const names = container.ports.flatMap(({ name }) => name ?? []);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) =>
    flaw(
      'high',
      `the API server refuses ${nameOf(container)}: it has two ports named ${name}`,
      'Give each port a name of its own; until then nothing of the workload is applied.',
      below(container.origin, 'ports'),
    ),
  );
}

/** What is taken and then cannot work, or does not look at the container. */
export function handlerFlaws(container: ProbedContainer, name: ProbeName): Flaw[] {
  const handler = container.probes[name]?.handlers[0];
  if (handler === undefined || handler.kind === 'exec') return [];
  return [portFlaw(container, name, handler), hostFlaw(container, name, handler)].filter(
    (found) => found !== undefined,
  );
}

function portFlaw(container: ProbedContainer, name: ProbeName, { kind, port, origin }: Handler): Flaw | undefined {
  const probe = `the ${WORDS[name]} probe of ${nameOf(container)}`;
  if (typeof port === 'string') return namedPortFlaw(container, probe, port, below(origin, 'port'));
  const declared = container.podPorts.filter(({ number }) => number === port);
  if (declared.some(({ protocol }) => protocol === 'TCP')) return undefined;
  const message =
    declared.length > 0
      ? `${probe} asks ${kind} on port ${port}, which is declared for ${declared[0]?.protocol} only`
      : `${probe} asks port ${port}, which no container of the pod declares`;
  return flaw(
    'medium',
    message,
    'Probe a port that the container declares, or declare the one it listens on.',
    below(origin, 'port'),
  );
}

/** The kubelet looks a name up among the ports of the container itself (`probe.ResolveContainerPort`) and fails without one. */
function namedPortFlaw(
  container: ProbedContainer,
  probe: string,
  port: string,
  origin: Flaw['finding']['origin'],
): Flaw | undefined {
  const own = container.ports.find((declared) => declared.name === port);
  if (own?.protocol === 'TCP') return undefined;
  const elsewhere = container.podPorts.some((declared) => declared.name === port);
  const why =
    own === undefined
      ? elsewhere
        ? 'which only another container of the pod has'
        : 'which it does not have'
      : `which is ${own.protocol}`;
  const [only, second] = container.ports.filter(({ protocol }) => protocol === 'TCP');
  const patches =
    origin !== undefined && only !== undefined && second === undefined ? [correction(origin, only)] : undefined;
  return flaw(
    'critical',
    `${probe} asks the port named ${port}, ${why}: it can only fail`,
    'Name a port of the container itself, or give its number.',
    origin,
    patches,
  );
}

function correction(origin: NonNullable<Flaw['finding']['origin']>, port: Port) {
  return {
    op: 'set',
    origin,
    value: port.name ?? port.number,
    reason: 'the only port that the container declares',
  } as const;
}

/** With a host, the kubelet asks that host from its node, not the pod. */
function hostFlaw(container: ProbedContainer, name: ProbeName, { host, origin }: Handler): Flaw | undefined {
  if (host === undefined || host === '') return undefined;
  const loopback = host === 'localhost' || host === '127.0.0.1' || host === '::1';
  if (loopback && container.hostNetwork) return undefined;
  const asked = loopback ? `${host}, which is the node and not the pod` : `the host ${host} and not the pod`;
  const message = `the ${WORDS[name]} probe of ${nameOf(container)} asks ${asked}`;
  const at = below(origin, 'host');
  return flaw('high', message, 'Remove host from the probe.', at, [
    { op: 'remove', origin: at, reason: 'the probe asks the pod' },
  ]);
}
