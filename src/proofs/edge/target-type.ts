/** Target groups of the AWS load balancer controller. */
import { containers, cursor } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { imagesOf } from './backends.ts';
import { annotationsOf } from './ingress.ts';
import { servicesOf } from './services.ts';
import type { PublicRoute } from './types.ts';

const PREFIX = 'alb.ingress.kubernetes.io/';

/** A setting of a route's target group: annotations of the Service go before those of the Ingress. */
export function groupSetting(view: PlatformView, route: PublicRoute, name: string): string | undefined {
  const ofServices = servicesOf(view, route).map((service) => annotationsOf(service)[`${PREFIX}${name}`]);
  return ofServices.find((text) => text !== undefined) ?? route.annotations[`${PREFIX}${name}`];
}

/**
 * Whether pods or nodes are the targets; `unknown` where nothing says so and the controller, which may be told another default, is not in the
 * repository. https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#target-type
 */
export function targetType(view: PlatformView, route: PublicRoute): 'ip' | 'instance' | 'unknown' {
  const set = groupSetting(view, route, 'target-type') ?? defaultTargetType(view);
  return set === 'ip' || set === 'instance' ? set : 'unknown';
}

const FLAG = '--default-target-type=';

/** What the controller takes where nothing else is said; `undefined` where it is not in the repository. EKS in Auto Mode brings its own. */
export const defaultTargetType = oncePerPlatform((view: PlatformView): string | undefined => {
  if (view.objects('IngressClass').some((object) => cursor(object).get('spec', 'controller').string() === AUTO_MODE))
    return undefined;
  const controllers = view.workloads().filter((workload) => imagesOf(workload).some((image) => CONTROLLER.test(image)));
  if (controllers.length === 0) return undefined;
  const words = controllers.flatMap((workload) =>
    containers(workload).flatMap(({ at }) => [...at.get('command').strings(), ...at.get('args').strings()]),
  );
  return words.findLast((word) => word.startsWith(FLAG))?.slice(FLAG.length) ?? 'instance';
});

const AUTO_MODE = 'eks.amazonaws.com/alb';
const CONTROLLER = /(?:^|\/)aws-(?:load-balancer|alb-ingress)-controller(?:[:@]|$)/;
