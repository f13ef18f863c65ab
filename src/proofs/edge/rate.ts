import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { controllerFor, isReadBy, type IngressFamily } from './controllers.ts';
import { gatewaysOf, policiesFor, targetsOf } from './envoy-gateway.ts';
import { levelsOf } from './nginx.ts';
import { countsGlobally } from './snippets.ts';
import { ruleOf } from './rules.ts';
import { attachedAcls, hasRateRule } from './waf.ts';
import type { PublicRoute } from './types.ts';
import { coversInternet, resourceBlocks } from '../topology/index.ts';

/** What bounds the requests of one client on a route. */
export interface RateLimit {
  /** `nginx.ingress.kubernetes.io/limit-rps 50`, `aws_wafv2_web_acl.public`. */
  readonly by: string;
  /** Requests a second that it lets through on average, where it says so in numbers. */
  readonly perSecond?: number;
  /** Why it may not hold; absent: it does. */
  readonly unsure?: string;
  readonly origin?: Origin;
}

const NGINX = 'nginx.ingress.kubernetes.io/';

/** Annotations that bound a rate, with the seconds they count over and what reads them. */
const ANNOTATIONS: readonly (readonly [key: string, seconds: number, family: IngressFamily])[] = [
  ['nginx.ingress.kubernetes.io/limit-rps', 1, 'nginx'],
  ['nginx.ingress.kubernetes.io/limit-rpm', 60, 'nginx'],
  ['haproxy.org/rate-limit-requests', 1, 'haproxy'],
  ['haproxy-ingress.github.io/limit-rps', 1, 'haproxy'],
  ['ingress.kubernetes.io/limit-rps', 1, 'haproxy'],
];

/** The limit on a route: its own first, then that of its Gateway, then that of the WAF all traffic passes. Reads `terraform` too. */
export function rateLimitOf(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  return (
    byAnnotation(view, route) ??
    byReference(view, route) ??
    byPolicy(view, route) ??
    byNginx(view, route) ??
    byWaf(view, route) ??
    byGlobalLimit(view, route)
  );
}

function byAnnotation(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const { annotations } = route;
  const excepted = annotations[`${NGINX}limit-whitelist`] ?? annotations[`${NGINX}limit-allowlist`] ?? '';
  const isForNobody = coversInternet(excepted.split(',').map((range) => range.trim()));
  for (const [key, seconds, family] of ANNOTATIONS) {
    const amount = Number(annotations[key]);
    if (amount > 0 && isReadBy(view, route, family) && !(family === 'nginx' && isForNobody))
      return { by: `${key} ${annotations[key]}`, perSecond: amount / seconds };
  }
  return byNginxInc(view, route);
}

/** Of replicas together; where it may not hold, any other limit goes first. */
function byGlobalLimit(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const window = route.annotations['nginx.ingress.kubernetes.io/global-rate-limit'];
  if (!(Number(window) > 0) || !isReadBy(view, route, 'nginx')) return undefined;
  const counts = countsGlobally(controllerFor(view, route.edges[0], route.namespace));
  if (counts === 'no') return undefined;
  const by = `nginx.ingress.kubernetes.io/global-rate-limit ${window}`;
  if (counts === 'yes') return { by };
  const unsure = `${by} of ${route.source} counts only where the controller is older than 1.12 and told of a memcached, which is not in the repository`;
  return { by, unsure };
}

function byNginxInc(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const { annotations } = route;
  const rate = /^(\d+)r\/([sm])$/.exec(annotations['nginx.org/limit-req-rate'] ?? '');
  if (rate === null || !isReadBy(view, route, 'nginx-inc')) return undefined;
  return { by: `nginx.org/limit-req-rate ${rate[0]}`, perSecond: Number(rate[1]) / (rate[2] === 's' ? 1 : 60) };
}

/** Traefik middlewares, Kong plugins and NGINX policies that annotations or filters name. */
function byReference(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const named = (key: string, family: IngressFamily): string[] =>
    isReadBy(view, route, family)
      ? (route.annotations[key] ?? '')
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '')
      : [];
  const all = view.objects('Middleware');
  const middlewares = [
    ...named('traefik.ingress.kubernetes.io/router.middlewares', 'traefik').map((name) =>
      all.find((object) => name.replace(/@.*$/, '') === placed(object).replace('/', '-')),
    ),
    ...extensionsOf(view, route).map((name) => all.find((object) => placed(object) === `${route.namespace}/${name}`)),
  ].map((middleware) => middleware && ofMiddleware(view, middleware));
  const plugins = named('konghq.com/plugins', 'kong').map((name) =>
    [...view.objects('KongPlugin', route.namespace), ...view.objects('KongClusterPlugin')]
      .filter((plugin) => plugin.name === name)
      .filter((plugin) => cursor(plugin).get('plugin').string()?.startsWith('rate-limiting') === true)
      .map((plugin) => limitIn(plugin, cursor(plugin).get('plugin')))
      .at(0),
  );
  const policies = named('nginx.org/policies', 'nginx-inc').map((name) =>
    view
      .objects('Policy')
      .filter((policy) => name === policy.name || name === placed(policy))
      .map((policy) => limitIn(policy, cursor(policy).get('spec', 'rateLimit')))
      .find((limit) => limit !== undefined),
  );
  return [...middlewares, ...plugins, ...policies].find((limit) => limit !== undefined);
}

/** Names of the Traefik middlewares that a rule of an HTTPRoute takes as filters. */
function extensionsOf(view: PlatformView, route: PublicRoute): string[] {
  const filters = ruleOf(view, route)?.get('filters').items() ?? [];
  return filters
    .map((filter) => filter.get('extensionRef'))
    .filter((reference) => reference.get('kind').string() === 'Middleware')
    .flatMap((reference) => reference.get('name').string() ?? []);
}

/** Of a middleware, or of one in the chain that it is. https://doc.traefik.io/traefik/middlewares/http/chain/ */
function ofMiddleware(view: PlatformView, middleware: KubeObject): RateLimit | undefined {
  const spec = cursor(middleware).get('spec');
  const chained = spec
    .get('chain', 'middlewares')
    .items()
    .map(
      (link) => `${link.get('namespace').string() ?? middleware.namespace ?? 'default'}/${link.get('name').string()}`,
    );
  return [middleware, ...view.objects('Middleware').filter((object) => chained.includes(placed(object)))]
    .map((object) => limitIn(object, cursor(object).get('spec', 'rateLimit')))
    .find((limit) => limit !== undefined);
}

function limitIn({ kind, name }: KubeObject, at: Cursor): RateLimit | undefined {
  return at.exists ? { by: `${kind} ${name}`, origin: at.origin } : undefined;
}

/** Kinds that attach to a route or Gateway by `targetRef`, with the field that bounds the rate. */
const POLICIES: readonly (readonly [kind: string, field: readonly string[]])[] = [
  ['BackendTrafficPolicy', ['spec', 'rateLimit']],
  ['RateLimitPolicy', ['spec']],
  ['TrafficPolicy', ['spec', 'rateLimit']],
];

function byPolicy(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  if (route.kind === 'istio') return byEnvoyFilter(view, route);
  if (route.kind !== 'gateway-api') return undefined;
  for (const [kind, field] of POLICIES) {
    const meant =
      kind === 'BackendTrafficPolicy'
        ? policiesFor(view, kind, route)
        : view.objects(kind).filter((policy) => names(policy, route));
    const policy = meant.find((one) => cursor(one).get(...field).exists);
    if (policy !== undefined) return { by: `${kind} ${placed(policy)}`, origin: cursor(policy).get(...field).origin };
  }
  return undefined;
}

function names(policy: KubeObject, route: PublicRoute): boolean {
  return targetsOf(policy).some((target) => {
    const name = target.get('name').string() ?? '';
    return target.get('kind').string() === 'Gateway'
      ? gatewaysOf(route).includes(name)
      : name === route.name && policy.namespace === route.namespace;
  });
}

function placed({ namespace, name }: KubeObject): string {
  return `${namespace ?? 'default'}/${name}`;
}

/**
 * A filter holds for the proxies whose labels it selects; one whose selector contradicts that of the route's Gateway is for another proxy.
 * https://istio.io/latest/docs/reference/config/networking/envoy-filter/
 */
function byEnvoyFilter(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const gateways = view
    .objects('Gateway.networking.istio.io')
    .filter((gateway) => route.edges.includes(placed(gateway)))
    .map((gateway) => cursor(gateway).get('spec', 'selector').stringMap());
  const filter = view
    .objects('EnvoyFilter')
    .filter((object) => /envoy\.filters\.http\.(?:local_)?ratelimit/.test(JSON.stringify(object.body)))
    .find((object) => {
      const labels = Object.entries(cursor(object).get('spec', 'workloadSelector', 'labels').stringMap());
      const agrees = (selector: Readonly<Record<string, string>>): boolean =>
        labels.every(([key, value]) => (selector[key] ?? value) === value);
      return gateways.length === 0 || gateways.some(agrees);
    });
  return filter === undefined ? undefined : { by: `EnvoyFilter ${placed(filter)}`, origin: filter.origin };
}

/** `limit_req` of the innermost level that has any; a dry run counts and refuses nobody. */
function byNginx(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const directives = levelsOf(view, route).flat();
  const limit = directives.findLast(({ name }) => name === 'limit_req');
  const dryRun = directives.findLast(({ name }) => name === 'limit_req_dry_run');
  if (limit === undefined || dryRun?.args[0] === 'on') return undefined;
  return { by: `limit_req ${limit.args.join(' ')}`, origin: limit.origin };
}

const ALB = 'alb.ingress.kubernetes.io/';

/** An Ingress of the AWS controller has a balancer of its own: only an ACL named by its annotation counts for it. */
function byWaf(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const { annotations } = route;
  const ownBalancer = isReadBy(view, route, 'alb') && Object.keys(annotations).some((key) => key.startsWith(ALB));
  if (ownBalancer && annotations[`${ALB}wafv2-acl-arn`] === undefined) return undefined;
  const acls = ownBalancer ? resourceBlocks(view, 'aws_wafv2_web_acl') : attachedAcls(view).map(({ block }) => block);
  const acl = acls.find(hasRateRule);
  return acl === undefined ? undefined : { by: acl.labels.join('.'), origin: acl.origin };
}
