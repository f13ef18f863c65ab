import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Backend } from '../../proofs/edge/index.ts';
import type { EdgeRoute, EdgeRoutes, PublicSurface, ServiceRoutes } from './query.ts';

export interface Params {
  readonly ignoredPaths: readonly string[];
  readonly storePorts: readonly number[];
}

type Declared = ServiceRoutes['routes'][number];

const PERIOD: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

export function check(_subject: Subject, input: EdgeRoutes, params: Params): Result {
  return input.about === 'service' ? checkService(input) : checkSurface(input, params);
}

function checkService(input: ServiceRoutes): Result {
  if (!input.edgeSeen) return inconclusive('the repository shows no Ingress, Gateway, load balancer or other edge');
  const findings = input.routes.flatMap((route) => [...policyFindings(route), ...pathFindings(route, input)]);
  const unsure = input.routes
    .flatMap(({ taken }) => taken.flatMap(({ backends }) => backends))
    .find(({ live }) => live === 'unknown');
  if (findings.length === 0 && unsure !== undefined)
    return inconclusive(`whether ${unsure.name} answers is not known: ${unsure.because}`, unsure.origin);
  const open = input.routes.filter(({ declared }) => declared.auth === 'none').map(({ declared }) => declared.path);
  const paths = input.routes.map(({ declared }) => declared.path).join(', ');
  return failOr(
    findings,
    `${paths} ${input.routes.length === 1 ? 'reaches' : 'reach'} ${input.workloads.join(', ')} with auth and a rate limit${open.length > 0 ? `; ${open.join(', ')} without authentication, as declared` : ''}`,
    { routes: input.routes.length, unauthenticated: open.length },
  );
}

/** What the declaration itself must say. */
function policyFindings({ declared }: Declared): Finding[] {
  const mustKnowItsCaller = declared.protocol === 'webhook' || declared.protocol === 'websocket';
  if (declared.auth === undefined)
    return [
      {
        message: `route ${declared.path} does not say how its callers are authenticated`,
        severity: 'high',
        remediation: 'Declare auth of the route; none must be said as well.',
      },
    ];
  if (declared.auth !== 'none' || !mustKnowItsCaller) return [];
  return [
    {
      message: `${declared.protocol} route ${declared.path} is declared without authentication`,
      severity: 'high',
      remediation:
        declared.protocol === 'webhook'
          ? 'Verify a signature and declare it.'
          : 'Authenticate the upgrade, with a ticket for example.',
    },
  ];
}

/** What must be at the edge for it. */
function pathFindings({ declared, taken, open }: Declared, { service, workloads }: ServiceRoutes): Finding[] {
  const where = `route ${declared.path}${declared.host === undefined ? '' : ` of ${declared.host}`}`;
  if (taken.length === 0 && open.length === 0)
    return [
      {
        message: `${where} of service ${service} is declared public, and nothing at the edge takes it`,
        severity: 'critical',
        fromAbsence: true,
        remediation: 'Add it to the Ingress, HTTPRoute or proxy of the service, or declare it not public.',
      },
    ];
  if (taken.length === 0)
    return open.some(({ sourceRanges }) => sourceRanges.length > 0) ? [] : [noRate(where, undefined)];
  return taken.flatMap((route) => [
    ...route.backends.flatMap((backend) => backendFindings(where, backend, declared, workloads)),
    ...(route.rate === undefined
      ? [noRate(`${where}, taken by ${route.source},`, route)]
      : rateFindings(where, route, declared)),
    ...(declared.auth === 'mtls' && !route.asksForCertificate
      ? [
          {
            message: `${where} is declared to authenticate by client certificate, and ${route.source} ends TLS without asking for one`,
            severity: 'high' as const,
            origin: route.origin,
            remediation: 'Set auth-tls-secret on the Ingress, or pass TLS through to the service.',
          },
        ]
      : []),
  ]);
}

function backendFindings(
  where: string,
  backend: Backend,
  declared: Declared['declared'],
  workloads: readonly string[],
): Finding[] {
  if (backend.live === 'no') return [dead(where, backend)];
  const strangers = backend.workloads.filter((workload) => !workloads.includes(workload));
  if (workloads.length > 0 && backend.workloads.length > 0 && strangers.length === backend.workloads.length)
    return [
      {
        message: `${where} leads to ${strangers.join(', ')} through ${backend.name}, not to ${workloads.join(', ')}`,
        severity: 'critical',
        origin: backend.origin,
        remediation: 'Point the rule at the Service of the declared workload, or declare the route where it leads.',
      },
    ];
  const ends = [...backend.targetPorts, ...(backend.port === undefined ? [] : [backend.port])];
  if (declared.port === undefined || backend.targetPorts.length === 0 || ends.includes(declared.port)) return [];
  return [
    {
      message: `${where} ends at port ${backend.targetPorts.join(', ')}, and ${declared.port} is declared`,
      severity: 'medium',
      origin: backend.origin,
      remediation: 'Point the rule at the declared port, or correct the declaration.',
    },
  ];
}

function dead(where: string, backend: Backend): Finding {
  return {
    message: `${where} leads to ${backend.name}, where nobody answers: ${backend.because}`,
    severity: 'critical',
    origin: backend.origin,
    ...(backend.fromAbsence ? { fromAbsence: true } : {}),
    remediation: 'Point the rule at a Service and port that a running pod serves.',
  };
}

function noRate(where: string, route: EdgeRoute | undefined): Finding {
  return {
    message: `${where} has no rate limit at the edge`,
    severity: 'high',
    fromAbsence: true,
    ...(route === undefined ? {} : { origin: route.origin }),
    remediation: 'Set a rate limit by annotation, by a policy on the route, or by a rate-based rule of the WAF.',
  };
}

function rateFindings(where: string, { rate }: EdgeRoute, { rateLimit }: Declared['declared']): Finding[] {
  if (rateLimit === undefined || rate?.perSecond === undefined) return [];
  const [amount, period] = rateLimit.split('/');
  const declared = Number(amount) / (PERIOD[period ?? 's'] ?? 1);
  if (rate.perSecond <= declared) return [];
  return [
    {
      message: `${where} is declared to take ${rateLimit} of a client, and ${rate.by} lets ${Number(rate.perSecond.toFixed(2))}/s through`,
      severity: 'medium',
      ...(rate.origin === undefined ? {} : { origin: rate.origin }),
      remediation: 'Lower the limit at the edge, or declare the higher rate.',
    },
  ];
}

function checkSurface(input: PublicSurface, params: Params): Result {
  const { routes, exposed, balancers, provisional } = input;
  if (routes.length + exposed.length + balancers.length === 0)
    return inconclusive('the repository shows no Ingress, Gateway, load balancer or open Service');
  const findings = [
    ...routes.flatMap((route) => surfaceFindings(route, input, params)),
    ...exposed.flatMap((service) => exposureFindings(service, provisional)),
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

function exposureFindings(service: PublicSurface['exposed'][number], provisional: boolean): Finding[] {
  const how = service.type === 'externalIPs' ? 'by external addresses' : `as ${service.type}`;
  const where = { origin: service.origin };
  if (service.store !== undefined && service.sourceRanges.length === 0)
    return [
      {
        message: `${service.name} opens the data store ${service.store} to the network outside ${how} on port ${service.ports.join(', ')}`,
        severity: service.type === 'NodePort' ? 'high' : 'critical',
        ...where,
        remediation: 'Make it ClusterIP, or the load balancer internal.',
      },
    ];
  if (provisional || service.isEdge || service.declared) return [];
  return [
    {
      message: `${service.name} is open to the network outside ${how} on port ${service.ports.join(', ')}, and nothing declares it`,
      severity: 'high',
      ...where,
      remediation:
        'Make it ClusterIP, mark its load balancer internal, or declare a public route of the service behind it.',
    },
  ];
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
