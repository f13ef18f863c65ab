/**
 * Policies of Envoy Gateway. The one that names the rule goes before the one that names the route, that before those of the listener and of the
 * Gateway, and replaces them whole, unless it says how the two are merged.
 * https://gateway.envoyproxy.io/docs/concepts/gateway_api_extensions/backend-traffic-policy/
 */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { ruleOf } from './rules.ts';
import type { PublicRoute } from './types.ts';

/** From the Gateway to the rule. */
const LEVELS = ['Gateway', 'listener', 'route', 'rule'] as const;
type Level = (typeof LEVELS)[number];

/** The policies of a kind that hold for a route, the narrowest first. */
export function policiesFor(view: PlatformView, kind: string, route: PublicRoute): KubeObject[] {
  const found = view.objects(kind).flatMap((policy) => {
    const level = levelFor(view, policy, route);
    return level === undefined ? [] : [{ policy, rank: LEVELS.indexOf(level) }];
  });
  const narrowest = Math.max(...found.map(({ rank }) => rank));
  const isMerged = found.some(({ policy, rank }) => rank === narrowest && isMerging(policy));
  return found
    .filter(({ rank }) => isMerged || rank === narrowest)
    .sort((a, b) => b.rank - a.rank)
    .map(({ policy }) => policy);
}

function isMerging(policy: KubeObject): boolean {
  return cursor(policy).get('spec', 'mergeType').exists;
}

/** How narrowly a policy names a route; a listener is taken for the one of the route. */
function levelFor(view: PlatformView, policy: KubeObject, route: PublicRoute): Level | undefined {
  const levels = targetsOf(policy).flatMap((target): Level[] => {
    const name = target.get('name').string() ?? '';
    const section = target.get('sectionName').string();
    if (target.get('kind').string() === 'Gateway')
      return gatewaysOf(route).includes(name) ? [section === undefined ? 'Gateway' : 'listener'] : [];
    if (name !== route.name || (policy.namespace ?? 'default') !== route.namespace) return [];
    if (section === undefined) return ['route'];
    return ruleOf(view, route)?.get('name').string() === section ? ['rule'] : [];
  });
  return LEVELS.findLast((level) => levels.includes(level));
}

/** What a policy names in `targetRef` or `targetRefs`. */
export function targetsOf(policy: KubeObject): Cursor[] {
  const spec = cursor(policy).get('spec');
  return [spec.get('targetRef'), ...spec.get('targetRefs').items()].filter((target) => target.exists);
}

/** Names of the Gateways that a route hangs on. */
export function gatewaysOf({ edges }: PublicRoute): string[] {
  return edges.map((edge) => edge.slice(edge.indexOf('/') + 1));
}
