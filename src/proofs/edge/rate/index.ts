import type { PlatformView } from '../../../model/platform.ts';
import type { PublicRoute } from '../types.ts';
import { byAnnotation, byGlobalLimit, bySnippet } from './annotations.ts';
import { byCloudArmor } from './cloud-armor.ts';
import { byCloudflare } from './cloudflare.ts';
import { byEnvoyFilter } from './envoy-filter.ts';
import { byKong } from './kong.ts';
import { byNginx } from './nginx.ts';
import { byPolicy, byNginxPolicy } from './policy.ts';
import { byTraefik } from './traefik.ts';
import { holds, type RateLimit } from './types.ts';
import { byWaf } from './waf.ts';

export type { RateLimit } from './types.ts';

/** From what is written on the route to what stands before all of them. */
const SOURCES: readonly ((view: PlatformView, route: PublicRoute) => RateLimit | undefined)[] = [
  byAnnotation,
  bySnippet,
  byTraefik,
  byKong,
  byNginxPolicy,
  byPolicy,
  byEnvoyFilter,
  byNginx,
  byCloudArmor,
  byWaf,
  byGlobalLimit,
  byCloudflare,
];

/** The limit on a route: the first that holds, else one that may, else one that is there and bounds nobody. Reads `terraform` too. */
export function rateLimitOf(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const found = SOURCES.flatMap((source) => source(view, route) ?? []);
  return found.find(holds) ?? found.find(({ unsure }) => unsure !== undefined) ?? found[0];
}
