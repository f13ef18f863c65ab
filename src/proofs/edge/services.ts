import type { KubeObject } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { PublicRoute } from './types.ts';

/** `namespace/name` of the Services that a route leads to. */
export function serviceNames(route: PublicRoute): string[] {
  return route.backends.map(({ name }) => name.replace(/^Service /, '').replace(/:.*$/, ''));
}

/** Those of them that are in the repository. */
export function servicesOf(view: PlatformView, route: PublicRoute): KubeObject[] {
  return serviceNames(route).flatMap((name) => byName(view).get(name) ?? []);
}

/** Every route asks. */
const byName = oncePerPlatform((view: PlatformView) =>
  Map.groupBy(view.objects('Service'), ({ name, namespace }) => `${namespace ?? 'default'}/${name}`),
);
