/**
 * What the internet can reach: every route at the edge, followed to the pods behind it, and every Service that is open by itself.
 * Reads the classes `spec`, `kubernetes` and `nginx-conf`; Terraform is read apart, in terraform.ts.
 */
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { gatewayRoutes } from './gateway.ts';
import { ingressRoutes } from './ingress.ts';
import { istioRoutes } from './istio.ts';
import { nginxRoutes } from './nginx.ts';
import type { PublicRoute } from './types.ts';

export type { Backend, PublicRoute } from './types.ts';
export { routeName } from './types.ts';

/** Every public route of the platform, in a fixed order. */
export const publicRoutes = oncePerPlatform((view: PlatformView): readonly PublicRoute[] => [
  ...ingressRoutes(view),
  ...gatewayRoutes(view),
  ...istioRoutes(view),
  ...nginxRoutes(view),
]);
