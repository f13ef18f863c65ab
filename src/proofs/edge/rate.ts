import { cursor } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { nginxServers } from './nginx.ts';
import { attachedAcls, hasRateRule } from './waf.ts';
import type { PublicRoute } from './types.ts';
import { resourceBlocks } from '../topology/index.ts';

/** What bounds the requests of one client on a route. */
export interface RateLimit {
  /** `nginx.ingress.kubernetes.io/limit-rps 50`, `aws_wafv2_web_acl.public`. */
  readonly by: string;
  /** Requests a second that it lets through on average, where it says so in numbers. */
  readonly perSecond?: number;
  readonly origin?: Origin;
}

/** Annotations that bound a rate, with the seconds they count over. */
const ANNOTATIONS: readonly (readonly [key: string, seconds: number])[] = [
  ['nginx.ingress.kubernetes.io/limit-rps', 1],
  ['nginx.ingress.kubernetes.io/limit-rpm', 60],
  ['haproxy.org/rate-limit-requests', 1],
  ['haproxy-ingress.github.io/limit-rps', 1],
  ['ingress.kubernetes.io/limit-rps', 1],
];

/** The limit on a route: its own first, then that of its Gateway, then that of the WAF all traffic passes. Reads `terraform` too. */
export function rateLimitOf(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  return (
    byAnnotation(route) ??
    byReference(view, route) ??
    byPolicy(view, route) ??
    byNginx(view, route) ??
    byWaf(view, route)
  );
}

function byAnnotation({ annotations }: PublicRoute): RateLimit | undefined {
  for (const [key, seconds] of ANNOTATIONS) {
    const amount = Number(annotations[key]);
    if (annotations[key] !== undefined && amount > 0)
      return { by: `${key} ${annotations[key]}`, perSecond: amount / seconds };
  }
  const window = annotations['nginx.ingress.kubernetes.io/global-rate-limit'];
  if (Number(window) > 0) return { by: `nginx.ingress.kubernetes.io/global-rate-limit ${window}` };
  const rate = /^(\d+)r\/([sm])$/.exec(annotations['nginx.org/limit-req-rate'] ?? '');
  if (rate === null) return undefined;
  return { by: `nginx.org/limit-req-rate ${rate[0]}`, perSecond: Number(rate[1]) / (rate[2] === 's' ? 1 : 60) };
}

/** Traefik middlewares, Kong plugins and NGINX policies that annotations or filters name. */
function byReference(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const names = (key: string): string[] =>
    (route.annotations[key] ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  const limits = (
    kind: string,
    name: string,
    key: readonly string[],
    accepts: (value: unknown) => boolean,
  ): RateLimit | undefined => {
    const object = view.objects(kind).find((candidate) => candidate.name === name);
    const at = object === undefined ? undefined : cursor(object).get(...key);
    return at?.exists === true && accepts(at.value) ? { by: `${kind} ${name}`, origin: at.origin } : undefined;
  };
  const middleware = names('traefik.ingress.kubernetes.io/router.middlewares').map((name) => {
    const bare = name.replace(/@.*$/, '');
    return view
      .objects('Middleware')
      .filter((object) => bare === `${object.namespace ?? 'default'}-${object.name}`)
      .map((object) => limits('Middleware', object.name, ['spec', 'rateLimit'], () => true))[0];
  });
  const plugins = names('konghq.com/plugins').flatMap((name) =>
    ['KongPlugin', 'KongClusterPlugin'].map((kind) =>
      limits(kind, name, ['plugin'], (value) => String(value).startsWith('rate-limiting')),
    ),
  );
  const policies = names('nginx.org/policies').map((name) => limits('Policy', name, ['spec', 'rateLimit'], () => true));
  return [...middleware, ...plugins, ...policies].find((limit) => limit !== undefined);
}

/** Kinds that attach to a route or Gateway by `targetRef`, with the field that bounds the rate. */
const POLICIES: readonly (readonly [kind: string, field: readonly string[]])[] = [
  ['BackendTrafficPolicy', ['spec', 'rateLimit']],
  ['RateLimitPolicy', ['spec']],
  ['TrafficPolicy', ['spec', 'rateLimit']],
];

function byPolicy(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  if (route.kind === 'istio') return byEnvoyFilter(view);
  if (route.kind !== 'gateway-api') return undefined;
  const gateways = route.edges.map((edge) => edge.slice(edge.indexOf('/') + 1));
  for (const [kind, field] of POLICIES) {
    for (const policy of view.objects(kind)) {
      const root = cursor(policy);
      const targets = [root.get('spec', 'targetRef'), ...root.get('spec', 'targetRefs').items()].filter(
        (target) => target.exists,
      );
      const meant = targets.some((target) => {
        const name = target.get('name').string() ?? '';
        return target.get('kind').string() === 'Gateway'
          ? gateways.includes(name)
          : name === route.name && policy.namespace === route.namespace;
      });
      if (meant && root.get(...field).exists)
        return { by: `${kind} ${policy.namespace ?? 'default'}/${policy.name}`, origin: root.get(...field).origin };
    }
  }
  return undefined;
}

function byEnvoyFilter(view: PlatformView): RateLimit | undefined {
  const filter = view
    .objects('EnvoyFilter')
    .find((object) => /envoy\.filters\.http\.(?:local_)?ratelimit/.test(JSON.stringify(object.body)));
  return filter === undefined
    ? undefined
    : { by: `EnvoyFilter ${filter.namespace ?? 'default'}/${filter.name}`, origin: filter.origin };
}

function byNginx(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  if (route.kind !== 'nginx') return undefined;
  const server = nginxServers(view).find((candidate) => candidate.path === route.name);
  if (server === undefined) return undefined;
  const location = (server.server.children ?? []).find(({ origin }) => origin === route.origin);
  const inherited = [...server.around.flat(), ...(server.server.children ?? []), ...(location?.children ?? [])];
  const limit = inherited.findLast(({ name }) => name === 'limit_req');
  return limit === undefined ? undefined : { by: `limit_req ${limit.args.join(' ')}`, origin: limit.origin };
}

/** An Ingress of the AWS controller has a balancer of its own: only an ACL named by its annotation counts for it. */
function byWaf(view: PlatformView, { annotations }: PublicRoute): RateLimit | undefined {
  const ownBalancer = annotations['alb.ingress.kubernetes.io/scheme'] !== undefined;
  if (ownBalancer && annotations['alb.ingress.kubernetes.io/wafv2-acl-arn'] === undefined) return undefined;
  const acls = ownBalancer ? resourceBlocks(view, 'aws_wafv2_web_acl') : attachedAcls(view).map(({ block }) => block);
  const acl = acls.find(hasRateRule);
  return acl === undefined ? undefined : { by: acl.labels.join('.'), origin: acl.origin };
}
