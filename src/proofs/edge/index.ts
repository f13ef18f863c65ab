/**
 * What the internet can reach: every route at the edge, followed to the pods behind it, and every Service that is open by itself.
 * Reads the classes `spec`, `kubernetes` and `nginx-conf`; Terraform is read apart, in terraform.ts.
 */
import { workloadName, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { gatewayRoutes } from './gateway.ts';
import { ingressRoutes } from './ingress.ts';
import { istioRoutes } from './istio.ts';
import { nginxRoutes } from './nginx.ts';
import type { PublicRoute } from './types.ts';

export type { Backend, PublicRoute, Unattached } from './types.ts';
export { unattachedRoutes } from './gateway.ts';
export { routeName } from './types.ts';

/** Every public route of the platform, in a fixed order. */
export const publicRoutes = oncePerPlatform((view: PlatformView): readonly PublicRoute[] => [
  ...ingressRoutes(view),
  ...gatewayRoutes(view),
  ...istioRoutes(view),
  ...nginxRoutes(view),
]);

/** The public routes that lead to each workload, by the name that messages give it. */
const byWorkload = oncePerPlatform((view: PlatformView): ReadonlyMap<string, readonly PublicRoute[]> => {
  const found = new Map<string, PublicRoute[]>();
  for (const route of publicRoutes(view)) {
    for (const name of new Set(route.backends.flatMap(({ workloads }) => workloads))) {
      const known = found.get(name);
      if (known === undefined) found.set(name, [route]);
      else known.push(route);
    }
  }
  return found;
});

/** The public routes that lead to any of the workloads, each once. */
export function publicRoutesTo(view: PlatformView, workloads: readonly Workload[]): readonly PublicRoute[] {
  const [first, ...more] = workloads.map((workload) => byWorkload(view).get(workloadName(workload)) ?? []);
  if (first === undefined || more.length === 0) return first ?? [];
  const leading = new Set([first, ...more].flat());
  return publicRoutes(view).filter((route) => leading.has(route));
}
