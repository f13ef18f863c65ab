import type { KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { PublicRoute } from './types.ts';

/** `namespace/name` of the Services that a route leads to. */
export function serviceNames(route: PublicRoute): string[] {
  return route.backends.map(({ name }) => name.replace(/^Service /, '').replace(/:.*$/, ''));
}

/** Those of them that are in the repository. */
export function servicesOf(view: PlatformView, route: PublicRoute): KubeObject[] {
  const names = serviceNames(route);
  return view.objects('Service').filter(({ name, namespace }) => names.includes(`${namespace ?? 'default'}/${name}`));
}
