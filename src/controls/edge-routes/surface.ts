/** The environment's half: everything that is public is meant to be, reaches somebody, and hangs on the Gateway it names. */
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { whyUnread } from '../../proofs/edge/unread.ts';
import { dead, openToNobody, unattachedFinding } from './broken.ts';
import type { EdgeRoute, PublicSurface } from './query.ts';

export interface Params {
  readonly ignoredPaths: readonly string[];
  readonly storePorts: readonly number[];
  readonly subprotocols: Readonly<Record<string, string>>;
}

export function checkSurface(input: PublicSurface, params: Params): Result {
  const { routes, exposed, balancers, provisional, unattached } = input;
  if (routes.length + exposed.length + balancers.length + unattached.length === 0) return nothingPublic(input);
  const findings = [
    ...unattached.map(unattachedFinding),
    ...routes.flatMap((route) => surfaceFindings(route, input, params)),
    ...exposed.flatMap((service) => exposureFindings(service, provisional)),
    ...exposed.flatMap(({ type, dead: ports }) => ports.map((port) => openToNobody(port, HOW[type]))),
    ...balancers.flatMap(({ name, ports }) =>
      ports
        .filter(({ port }) => params.storePorts.includes(port))
        .map(({ port, origin }) => ({
          message: `${name} is public and listens on ${port}, the port of a data store`,
          severity: 'critical' as const,
          origin,
          remediation: 'Make the load balancer internal, or remove the listener.',
        })),
    ),
  ];
  if (findings.length === 0 && provisional)
    return inconclusive(
      `${count(routes.length, 'route')} and ${count(exposed.length, 'open Service')} found; which of them are meant to be public only a spec can say`,
    );
  const unread = whyUnread(input.unread);
  if (findings.length === 0 && unread !== undefined) return inconclusive(unread, input.unread[0]?.origin);
  return failOr(
    findings,
    `${count(routes.length, 'route')} and ${count(exposed.length, 'open Service')} are public, all of them declared`,
    {
      routes: routes.length,
      openServices: exposed.length,
      publicLoadBalancers: balancers.length,
    },
  );
}

function nothingPublic({ redirecting, unread }: PublicSurface): Result {
  const [first] = redirecting;
  const hidden = whyUnread(unread);
  if (hidden !== undefined) return inconclusive(hidden, unread[0]?.origin);
  return inconclusive(
    first === undefined
      ? 'the repository shows no Ingress, Gateway, load balancer or open Service'
      : `${first} does nothing but redirect to HTTPS, and the repository shows no route that leads further`,
  );
}

function surfaceFindings(route: EdgeRoute, { provisional }: PublicSurface, { ignoredPaths }: Params): Finding[] {
  if (ignoredPaths.some((path) => route.path.startsWith(path))) return [];
  const broken = route.backends.filter(({ live }) => live === 'no');
  // A declared route's backends are judged with its service.
  if (provisional || !route.declared) {
    const findings = broken.map((backend) => dead(`${route.source}, ${route.name},`, backend));
    if (provisional) return [...findings, ...everyHost(route)];
    return [
      ...findings,
      {
        message: `${route.source} publishes ${route.name}, which no route of the spec declares`,
        severity: 'high',
        origin: route.origin,
        remediation: 'Declare the route under its service, narrow the path, or remove the rule.',
      },
    ];
  }
  return everyHost(route);
}

function everyHost(route: EdgeRoute): Finding[] {
  if (route.hostDeclared) return [];
  return [
    {
      message: `${route.source} answers for every host at ${route.path}`,
      severity: 'medium',
      origin: route.hostOrigin,
      remediation: 'Name the host.',
    },
  ];
}

const HOW: Readonly<Record<PublicSurface['exposed'][number]['type'], string>> = {
  LoadBalancer: 'as LoadBalancer',
  NodePort: 'as NodePort',
  externalIPs: 'by external addresses',
  'tcp-services': 'by the tcp-services of ingress-nginx',
  hostPort: 'by a port of its node (hostPort)',
  hostNetwork: 'by the network of its node (hostNetwork)',
};

function isOnNode({ type }: PublicSurface['exposed'][number]): boolean {
  return type === 'hostPort' || type === 'hostNetwork';
}

const OFF_NODE =
  'Remove hostPort or hostNetwork, and reach the pods by a Service; or declare a public route of the service.';

function exposureFindings(service: PublicSurface['exposed'][number], provisional: boolean): Finding[] {
  const how = HOW[service.type];
  const where = { origin: service.origin };
  if (service.store !== undefined && service.sourceRanges.length === 0)
    return [
      {
        message: `${service.name} opens the data store ${service.store} to the network outside ${how} on port ${service.ports.join(', ')}`,
        severity: service.type === 'NodePort' || isOnNode(service) ? 'high' : 'critical',
        ...where,
        remediation: isOnNode(service)
          ? OFF_NODE
          : 'Make it ClusterIP, take it out of tcp-services, or make the load balancer internal.',
      },
    ];
  if (provisional || service.isEdge || service.declared) return [];
  return [
    {
      message: `${service.name} is open to the network outside ${how} on port ${service.ports.join(', ')}, and nothing declares it`,
      severity: isOnNode(service) ? 'medium' : 'high',
      ...where,
      remediation: isOnNode(service)
        ? OFF_NODE
        : 'Make it ClusterIP, take it out of tcp-services, mark its load balancer internal, or declare a public route of the service behind it.',
    },
  ];
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
