import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { whyUnread } from '../../proofs/edge/unread.ts';
import type { Bound, EdgeLimits, RouteLimits } from './query.ts';

export interface Params {
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxClientSeconds: number;
  readonly maxResponseSeconds: number;
}

/** Of a proxy whose configuration is not in the repository an annotation may still tell some. */
const BOUNDS = ['body', 'header', 'clientHeader', 'clientBody', 'response'] as const;

export function check(_subject: Subject, input: EdgeLimits, params: Params): Result {
  const { routes, declared, unread: edges = [] } = input;
  const unread = whyUnread(edges);
  if (routes.length === 0)
    return inconclusive(unread ?? 'the repository shows no route at the edge that leads here', edges[0]?.origin);
  const all = [
    ...routes.flatMap((route) => [
      ...sizeFindings(route, input, params),
      ...timeFindings(route, input, params),
      ...(declared && route.rate === undefined ? [noRate(route)] : []),
    ]),
    ...tooNarrow(input),
  ];
  const findings = [...new Map(all.map((finding) => [`${finding.message}`, finding])).values()];
  const open = routes.find((route) => BOUNDS.some((bound) => route[bound] === undefined));
  if (findings.length === 0 && open !== undefined)
    return inconclusive(`what bounds the requests of ${open.name} is not in the repository`, open.origin);
  const unsure = declared ? routes.find(({ unsureRate }) => unsureRate !== undefined) : undefined;
  if (findings.length === 0 && unsure?.unsureRate !== undefined) return inconclusive(unsure.unsureRate, unsure.origin);
  if (findings.length === 0 && unread !== undefined) return inconclusive(unread, edges[0]?.origin);
  const bodies = [...new Set(routes.map(({ body }) => body?.text ?? ''))].join(', ');
  const times = [...new Set(routes.map(({ response }) => response?.text ?? ''))].join(', ');
  const limited = routes.every(({ rate }) => rate !== undefined);
  return failOr(
    findings,
    `${routes.length} route${routes.length === 1 ? '' : 's'}: bodies to ${bodies}, answers within ${times} s${limited ? ', rate limited' : ''}`,
    {
      routes: routes.length,
      bodies,
      seconds: times,
    },
  );
}

function sizeFindings(route: RouteLimits, { own }: EdgeLimits, params: Params): Finding[] {
  const largest = own.body ?? params.maxBodyBytes;
  const line = Math.min(own.header ?? params.maxHeaderBytes, own.uri ?? params.maxHeaderBytes);
  return [
    ...bounded(
      route,
      route.body,
      'bodies',
      'bytes',
      largest,
      own.body === undefined ? 'the largest allowed' : 'what the service takes',
      'Set proxy-body-size (client_max_body_size) to what the service takes.',
    ),
    ...bounded(
      route,
      route.header,
      'a request line or header',
      'bytes',
      line,
      own.header === undefined && own.uri === undefined ? 'the largest allowed' : 'what the service takes',
      'Lower the size in large-client-header-buffers.',
    ),
  ];
}

function timeFindings(route: RouteLimits, { own }: EdgeLimits, params: Params): Finding[] {
  const slow = 'Lower the timeout, so that a slow client holds no worker.';
  const findings = [
    ...bounded(
      route,
      route.clientHeader,
      'a pause while sending headers',
      'seconds',
      params.maxClientSeconds,
      'the longest allowed',
      slow,
    ),
    ...bounded(
      route,
      route.clientBody,
      'a pause while sending the body',
      'seconds',
      params.maxClientSeconds,
      'the longest allowed',
      slow,
    ),
    ...(route.isStream
      ? []
      : bounded(
          route,
          route.response,
          'a pause of the answer',
          'seconds',
          params.maxResponseSeconds,
          'the longest allowed',
          'Lower proxy-read-timeout, or declare the route as a stream.',
        )),
  ];
  const wait = route.response?.value;
  if (!route.isRequest || wait === undefined || own.seconds === undefined || wait >= own.seconds) return findings;
  return [
    ...findings,
    {
      message: `${route.name} gives up on an answer after ${wait} s, and the service may take ${own.seconds} s`,
      severity: 'medium',
      ...(route.response === undefined ? {} : { origin: route.response.origin }),
      remediation: 'Wait at least as long as the service does.',
    },
  ];
}

/** A bound must be one, must not be switched off, and must not lie above what follows it. */
function bounded(
  route: RouteLimits,
  bound: Bound | undefined,
  what: string,
  unit: 'bytes' | 'seconds',
  largest: number,
  against: string,
  remediation: string,
): Finding[] {
  if (bound === undefined) return [];
  const at = { origin: bound.origin, remediation };
  if (bound.value === undefined) return [unreadable(route, bound, what, unit)];
  if (unit === 'bytes' && bound.value === 0)
    return [{ message: `${route.source} does not bound ${what} (${bound.text})`, severity: 'high', ...at }];
  if (bound.value <= largest) return [];
  return [
    {
      message: `${route.source} lets ${what} of ${bound.value} ${unit} through, more than ${against}, ${largest}`,
      severity: 'medium',
      ...at,
    },
  ];
}

/** nginx does not load what it cannot read; ingress-nginx passes over it. */
function unreadable(
  { source }: RouteLimits,
  { text, passedOver, origin }: Bound,
  what: string,
  unit: 'bytes' | 'seconds',
): Finding {
  const [kind, remediation] =
    unit === 'bytes'
      ? ['size', 'Write it as nginx does: a number, with k, m or g behind it.']
      : ['time', 'Write it as a number of seconds, without a unit.'];
  const why = passedOver === true ? 'no number of seconds, so the controller passes over it' : `no ${kind}`;
  const message = `${source} bounds ${what} by ${JSON.stringify(text)}, which is ${why}`;
  return { message, severity: 'high', origin, remediation };
}

/** A route may be narrower than its service, but not all of them. */
function tooNarrow({ own, routes }: EdgeLimits): Finding[] {
  const sizes = routes.map(({ body }) => body?.value);
  const known = sizes.flatMap((size) => size ?? []);
  if (own.body === undefined || known.length < sizes.length || known.includes(0)) return [];
  const widest = Math.max(...known);
  const route = routes.find(({ body }) => body?.value === widest);
  if (widest >= own.body || route?.body === undefined) return [];
  return [
    {
      message: `the service takes bodies of ${own.body} bytes, and no route lets more than ${widest} through`,
      severity: 'medium',
      origin: route.body.origin,
      remediation: 'Let the edge pass what the service takes, or declare the smaller limit.',
    },
  ];
}

function noRate(route: RouteLimits): Finding {
  return {
    message: `${route.source} has no rate limit on ${route.name}${route.idle === undefined ? '' : `: ${route.idle.why}`}`,
    severity: 'high',
    ...(route.idle === undefined && { fromAbsence: true }),
    origin: route.idle?.origin ?? route.origin,
    remediation: 'Set a base rate limit at the edge.',
  };
}
