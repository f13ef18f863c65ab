/** `exportTo` of a VirtualService: which namespaces' proxies see it. https://istio.io/latest/docs/reference/config/networking/virtual-service/#VirtualService */
import { cursor, isNamespaceGuessed, type KubeObject } from '../../model/kube.ts';
import { oncePer, oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';

/**
 * Whether the proxies of one of the Gateways see the VirtualService. They may wherever a Gateway or its pods are not in the
 * repository; what the mesh exports by default (`defaultVirtualServiceExportTo`) is everything.
 */
export function isSeenBy(
  view: PlatformView,
  object: KubeObject,
  gateways: readonly (KubeObject | undefined)[],
): boolean {
  const exported = cursor(object).get('spec', 'exportTo').strings();
  if (exported.length === 0 || exported.includes('*')) return true;
  const own = object.namespace ?? 'default';
  const seen = new Set(exported.map((name) => (name === '.' ? own : name)));
  return gateways.some((gateway) => {
    const proxies = gateway === undefined ? [] : proxiesOf(view)(gateway);
    return proxies.length === 0 || proxies.some((namespace) => seen.has(namespace));
  });
}

/** The namespaces in which pods of a Gateway run: its selector takes those of all namespaces. None where that is not known. */
const proxiesOf = oncePerPlatform((view: PlatformView) =>
  oncePer((gateway: KubeObject): readonly string[] => {
    const selector = Object.entries(cursor(gateway).get('spec', 'selector').stringMap());
    if (selector.length === 0) return [];
    const pods = view.workloads().filter(({ podLabels }) => selector.every(([key, value]) => podLabels[key] === value));
    return pods.some(({ object }) => isNamespaceGuessed(object)) ? [] : pods.map(({ namespace }) => namespace);
  }),
);
