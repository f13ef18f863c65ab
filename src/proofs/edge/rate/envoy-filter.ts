/**
 * EnvoyFilters of Istio. A filter holds for the proxies whose labels it selects; one whose selector contradicts that of the route's Gateway is for
 * another proxy. https://istio.io/latest/docs/reference/config/networking/envoy-filter/
 */
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { PublicRoute } from '../types.ts';
import { placed } from './names.ts';
import { holds, type RateLimit } from './types.ts';

export function byEnvoyFilter(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  if (route.kind !== 'istio') return undefined;
  const gateways = view
    .objects('Gateway.networking.istio.io')
    .filter((gateway) => route.edges.includes(placed(gateway)))
    .map((gateway) => cursor(gateway).get('spec', 'selector').stringMap());
  const limits = view
    .objects('EnvoyFilter')
    .filter((filter) => {
      const labels = Object.entries(cursor(filter).get('spec', 'workloadSelector', 'labels').stringMap());
      const agrees = (selector: Readonly<Record<string, string>>): boolean =>
        labels.every(([key, value]) => (selector[key] ?? value) === value);
      return gateways.length === 0 || gateways.some(agrees);
    })
    .flatMap((filter) => limitIn(filter) ?? []);
  return limits.find(holds) ?? limits[0];
}

/**
 * A filter that asks a rate-limit service, or one of Envoy's own. The latter enforces nothing until told a share of the requests.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/local_ratelimit/v3/local_rate_limit.proto
 */
function limitIn(filter: KubeObject): RateLimit | undefined {
  const patches = cursor(filter)
    .get('spec', 'configPatches')
    .items()
    .map((patch) => patch.get('patch'))
    .filter((patch) => patch.get('operation').string() !== 'REMOVE');
  const text = patches.map((patch) => JSON.stringify(patch.value)).join('\n');
  const limit = { by: `EnvoyFilter ${placed(filter)}`, origin: filter.origin };
  if (/envoy\.filters\.http\.ratelimit\b/.test(text)) return limit;
  if (!/envoy\.filters\.http\.local_ratelimit\b/.test(text)) return undefined;
  if (!/"(?:token_bucket|tokenBucket)"/.test(text)) return { ...limit, idle: 'it has no token_bucket' };
  const shares = [...text.matchAll(/"(?:filter_enforced|filterEnforced)":\{[^}]*"numerator":"?(\d+)/g)];
  return shares.some(([, share]) => Number(share) > 0)
    ? limit
    : { ...limit, idle: 'its filter_enforced is 0 %, as where nothing is said' };
}
