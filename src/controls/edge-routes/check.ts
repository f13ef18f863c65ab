import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Backend } from '../../proofs/edge/index.ts';
import { whyUnread } from '../../proofs/edge/unread.ts';
import { dead, unsureAttached } from './broken.ts';
import type { EdgeRoute, EdgeRoutes, ServiceRoutes } from './query.ts';
import { checkSurface, type Params } from './surface.ts';

export type { Params } from './surface.ts';

type Declared = ServiceRoutes['routes'][number];

const PERIOD: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

export function check(_subject: Subject, input: EdgeRoutes, params: Params): Result {
  return input.about === 'service' ? checkService(input) : checkSurface(input, params);
}

function checkService(input: ServiceRoutes): Result {
  const unread = whyUnread(input.unread);
  if (!input.edgeSeen)
    return inconclusive(
      unread ?? 'the repository shows no Ingress, Gateway, load balancer or other edge',
      input.unread[0]?.origin,
    );
  const findings = input.routes.flatMap((route) => [...policyFindings(route), ...pathFindings(route, input)]);
  const unsure = input.routes
    .flatMap(({ taken }) => taken.flatMap(({ backends }) => backends))
    .find(({ live }) => live === 'unknown');
  if (findings.length === 0 && unsure !== undefined)
    return inconclusive(`whether ${unsure.name} answers is not known: ${unsure.because}`, unsure.origin);
  if (findings.length === 0 && unread !== undefined && input.routes.some(isUntaken))
    return inconclusive(unread, input.unread[0]?.origin);
  const limit = input.routes.flatMap(({ taken }) => taken).find(({ rate }) => rate?.unsure !== undefined);
  if (findings.length === 0 && limit?.rate?.unsure !== undefined) return inconclusive(limit.rate.unsure, limit.origin);
  const [unattached] = input.unsure;
  if (findings.length === 0 && unattached !== undefined) return unsureAttached(unattached);
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

function isUntaken({ taken, open }: Declared): boolean {
  return taken.length === 0 && open.length === 0;
}

/** What must be at the edge for it. */
function pathFindings(route: Declared, { service, workloads, unread }: ServiceRoutes): Finding[] {
  const { declared, taken, open } = route;
  const where = `route ${declared.path}${declared.host === undefined ? '' : ` of ${declared.host}`}`;
  if (isUntaken(route)) {
    if (unread.length > 0) return [];
    return [
      {
        message: `${where} of service ${service} is declared public, and nothing at the edge takes it`,
        severity: 'critical',
        fromAbsence: true,
        remediation: 'Add it to the Ingress, HTTPRoute or proxy of the service, or declare it not public.',
      },
    ];
  }
  if (taken.length === 0)
    return open.some(({ sourceRanges }) => sourceRanges.length > 0) ? [] : [noRate(where, undefined)];
  return taken.flatMap((one) => [
    ...one.backends.flatMap((backend) => backendFindings(where, backend, declared, workloads)),
    ...(one.rate === undefined || one.rate.idle !== undefined
      ? [noRate(`${where}, taken by ${one.source},`, one)]
      : rateFindings(where, one, declared)),
    ...(declared.auth === 'mtls' && !one.asksForCertificate
      ? [
          {
            message: `${where} is declared to authenticate by client certificate, and ${one.source} ends TLS without asking for one`,
            severity: 'high' as const,
            origin: one.origin,
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

function noRate(where: string, route: EdgeRoute | undefined): Finding {
  const { by, idle, origin = route?.origin } = route?.rate ?? {};
  return {
    message: `${where} has no rate limit at the edge${idle === undefined ? '' : `: ${by} bounds nobody, since ${idle}`}`,
    severity: 'high',
    ...(idle === undefined && { fromAbsence: true }),
    ...(origin !== undefined && { origin }),
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
