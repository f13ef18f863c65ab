import { controllerFor, ingressFamily } from '../../edge/controllers.ts';
import { publicRoutes, type PublicRoute } from '../../edge/index.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { Endpoint } from '../endpoints.ts';
import { podsOf } from '../ends.ts';
import type { Reachability } from '../reach.ts';

/** Pods that a route of an Ingress or Gateway sends requests to. */
export interface Routed {
  /** `shop/web[Deployment]`. */
  readonly id: string;
  readonly pods: Endpoint;
  readonly ports: readonly number[];
  /** `Ingress shop/web`. */
  readonly routes: readonly string[];
  /** The controller's pods; undefined where the platform does not hold them. */
  readonly controller: Endpoint | undefined;
  readonly controllerId: string;
  /** A load balancer of the cloud sends, from an address that is no pod's. */
  readonly fromBalancer: boolean;
}

/** What ingress controllers and gateways have to reach: each controller with each workload behind it. */
export function routedPods(view: PlatformView, reach: Reachability): Routed[] {
  const found = new Map<string, { routed: Routed; ports: Set<number>; routes: Set<string> }>();
  for (const route of publicRoutes(view)) {
    const { id: controllerId, end: controller } = controllerOf(view, reach, route);
    const fromBalancer = isBalanced(view, route);
    for (const { workloads, targetPorts } of route.backends) {
      for (const id of workloads.map(idOf)) {
        const pods = podsOf(reach, id);
        if (pods === undefined || targetPorts.length === 0) continue;
        const key = `${controllerId} ${fromBalancer} ${id}`;
        const known = found.get(key) ?? {
          routed: { id, pods, ports: [], routes: [], controller, controllerId, fromBalancer },
          ports: new Set(),
          routes: new Set(),
        };
        found.set(key, known);
        for (const port of targetPorts) known.ports.add(port);
        known.routes.add(route.source);
      }
    }
  }
  return [...found.values()].map(({ routed, ports, routes }) => ({
    ...routed,
    ports: [...ports],
    routes: [...routes],
  }));
}

function controllerOf(
  view: PlatformView,
  reach: Reachability,
  { kind, edges, namespace }: PublicRoute,
): { id: string; end: Endpoint | undefined } {
  const found = kind === 'ingress' ? controllerFor(view, edges[0], namespace) : undefined;
  const id = found === undefined ? '{ingress-controller}' : idOf(found.workload);
  return { id, end: podsOf(reach, id) };
}

/** The controllers of AWS and Google configure balancers, which connect to the pods, or to a port of the nodes, themselves. */
function isBalanced(view: PlatformView, { kind, edges, annotations }: PublicRoute): boolean {
  return kind === 'ingress' && /^(?:alb|gce)$/.test(ingressFamily(view, edges[0], annotations));
}

/** `Deployment shop/web` as `shop/web[Deployment]`. */
function idOf(workload: string): string {
  return workload.replace(/^(\S+) (.+)$/, '$2[$1]');
}
