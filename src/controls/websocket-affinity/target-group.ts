/** Target groups of the AWS load balancer controller. */
import { containers } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { PublicRoute } from '../../proofs/edge/index.ts';
import { annotationsOf } from '../../proofs/edge/ingress.ts';
import { servicesOf } from '../../proofs/edge/services.ts';

const PREFIX = 'alb.ingress.kubernetes.io/';

/**
 * A target group keeps a client on its target: the pod only where the targets are pods. On instances it is the node, which sends on to any pod.
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#target-type
 */
export function isStickyGroup(view: PlatformView, route: PublicRoute): boolean {
  return asksForStickiness(view, route) && targetType(view, route) === 'ip';
}

export function asksForStickiness(view: PlatformView, route: PublicRoute): boolean {
  return /stickiness\.enabled=true/.test(settingOf(view, route, 'target-group-attributes') ?? '');
}

/** Annotations of the Service go before those of the Ingress. */
function settingOf(view: PlatformView, route: PublicRoute, name: string): string | undefined {
  const ofServices = servicesOf(view, route).map((service) => annotationsOf(service)[`${PREFIX}${name}`]);
  return ofServices.find((text) => text !== undefined) ?? route.annotations[`${PREFIX}${name}`];
}

function targetType(view: PlatformView, route: PublicRoute): string {
  return settingOf(view, route, 'target-type') ?? ofController(view) ?? 'instance';
}

/** What the controller is told to take where nothing else is said. */
function ofController(view: PlatformView): string | undefined {
  const words = view
    .workloads()
    .flatMap((workload) => containers(workload).flatMap(({ at }) => at.get('args').strings()))
    .find((word) => word.startsWith('--default-target-type='));
  return words?.slice('--default-target-type='.length);
}
