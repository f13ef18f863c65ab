import type { PlatformView } from '../../../model/platform.ts';
import { cloudflareRulesets } from '../cloudflare.ts';
import type { PublicRoute } from '../types.ts';
import type { RateLimit } from './types.ts';

/** Rate-limiting rules of Cloudflare, which may stand before any route. */
export function byCloudflare(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const [ruleset] = cloudflareRulesets(view, /^http_ratelimit$/);
  if (ruleset === undefined) return undefined;
  const by = ruleset.labels.join('.');
  return {
    by,
    unsure: `whether requests to ${route.source} pass Cloudflare and the limits of ${by} is not known`,
    origin: ruleset.origin,
  };
}
