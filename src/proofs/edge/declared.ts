import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { ServiceSpec } from '../../model/spec.ts';
import { isDeclared } from './match.ts';
import type { PublicRoute } from './types.ts';

export type DeclaredRoute = ServiceSpec['routes'][number];

/** Every route that the spec declares. Reads `spec`. */
export const declaredRoutes = oncePerPlatform((view: PlatformView): readonly DeclaredRoute[] =>
  view.spec.services.flatMap(({ routes }) => routes),
);

/** The declared routes that one of the edge carries. */
export function carriedBy(view: PlatformView, route: PublicRoute): DeclaredRoute[] {
  const hosts = view.environment.hosts ?? [];
  return declaredRoutes(view).filter((candidate) => isDeclared(route, [candidate], hosts));
}
