/** Policies that attach to a route or a Gateway, and those of NGINX that an Ingress names. */
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { Cursor } from '../../../model/cursor.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { coversInternet } from '../../topology/index.ts';
import { isReadBy } from '../controllers.ts';
import { gatewaysOf, policiesFor, targetsOf } from '../envoy-gateway.ts';
import type { PublicRoute } from '../types.ts';
import { listed, placed } from './names.ts';
import { tightest, type RateLimit } from './types.ts';

/** https://docs.nginx.com/nginx-ingress-controller/configuration/policy-resource/#ratelimit */
export function byNginxPolicy(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  if (!isReadBy(view, route, 'nginx-inc')) return undefined;
  return listed(route.annotations['nginx.org/policies'])
    .flatMap((name) => view.objects('Policy').filter((policy) => name === policy.name || name === placed(policy)))
    .map((policy) => ({ by: `Policy ${policy.name}`, limit: cursor(policy).get('spec', 'rateLimit') }))
    .filter(({ limit }) => limit.exists)
    .map(({ by, limit }) => ({ by, origin: limit.origin }))[0];
}

/** Kinds of others than Envoy Gateway that attach by `targetRef`, with the field that bounds the rate. */
const OTHERS: readonly (readonly [kind: string, field: readonly string[]])[] = [
  ['RateLimitPolicy', ['spec']],
  ['TrafficPolicy', ['spec', 'rateLimit']],
];

export function byPolicy(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  if (route.kind !== 'gateway-api') return undefined;
  const own = policiesFor(view, 'BackendTrafficPolicy', route).flatMap(
    (policy) => ofEnvoyGateway(policy, cursor(policy).get('spec', 'rateLimit')) ?? [],
  );
  const others = OTHERS.flatMap(([kind, field]) =>
    view
      .objects(kind)
      .filter((policy) => names(policy, route) && cursor(policy).get(...field).exists)
      .map((policy) => ({ by: `${kind} ${placed(policy)}`, origin: cursor(policy).get(...field).origin })),
  );
  return own[0] ?? others[0];
}

const UNITS: Readonly<Record<string, number>> = {
  Second: 1,
  Minute: 60,
  Hour: 3600,
  Day: 86_400,
  Month: 2_592_000,
  Year: 31_536_000,
};

/** Each rule that selects a request bounds it. https://gateway.envoyproxy.io/docs/api/extension_types/#ratelimitspec */
function ofEnvoyGateway(policy: KubeObject, rateLimit: Cursor): RateLimit | undefined {
  if (!rateLimit.exists) return undefined;
  const limit = { by: `BackendTrafficPolicy ${placed(policy)}`, origin: rateLimit.origin };
  const rules = ['local', 'global'].flatMap((where) => rateLimit.get(where, 'rules').items());
  if (rules.length === 0) return { ...limit, idle: 'it has no rule' };
  const general = rules.filter(isForEverybody).map((rule) => {
    const requests = rule.get('limit', 'requests').integer();
    const seconds = UNITS[rule.get('limit', 'unit').string() ?? ''];
    const known = requests !== undefined && seconds !== undefined;
    return { ...limit, origin: rule.origin, ...(known && { perSecond: requests / seconds }) };
  });
  const some = `the rules of ${limit.by} are for some requests, and whether others need a limit is not known`;
  return tightest(general) ?? { ...limit, unsure: some };
}

/** A rule without selectors, or one that tells every client from the others. */
function isForEverybody(rule: Cursor): boolean {
  const selectors = rule.get('clientSelectors').items();
  return (
    selectors.length === 0 ||
    selectors.some((selector) => {
      const range = selector.get('sourceCIDR', 'value').string();
      const headers = selector.get('headers').items();
      const isNarrow = selector.get('path').exists || selector.get('methods').exists;
      if (isNarrow || headers.some((header) => header.get('type').string() !== 'Distinct')) return false;
      return range === undefined ? headers.length > 0 : coversInternet([range]);
    })
  );
}

function names(policy: KubeObject, route: PublicRoute): boolean {
  return targetsOf(policy).some((target) => {
    const name = target.get('name').string() ?? '';
    return target.get('kind').string() === 'Gateway'
      ? gatewaysOf(route).includes(name)
      : name === route.name && policy.namespace === route.namespace;
  });
}
