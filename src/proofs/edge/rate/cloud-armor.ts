/** Rules of Google's Cloud Armor that throttle or ban. https://cloud.google.com/armor/docs/rate-limiting-overview */
import type { HclBlock } from '../../../model/document.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { resourceBlocks } from '../../topology/index.ts';
import { securityPolicyOf } from '../google.ts';
import { nested } from '../terraform.ts';
import type { PublicRoute } from '../types.ts';
import { holds, tightest, type RateLimit } from './types.ts';

/** Those of the security policy that the Service of a route asks for. */
export function byCloudArmor(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const policy = securityPolicyOf(view, route);
  if (policy === undefined) return undefined;
  const block = resourceBlocks(view, 'google_compute_security_policy').find(
    ({ attributes }) => attributes['name']?.literal === policy.name,
  );
  if (block === undefined)
    return {
      by: policy.by,
      unsure: `what Cloud Armor's policy ${policy.name} of ${route.source} bounds is not in the repository`,
    };
  const limits = nested(block, 'rule').flatMap((rule) => limitIn(block, rule));
  return tightest(limits.filter(holds)) ?? limits[0];
}

function limitIn(policy: HclBlock, rule: HclBlock): RateLimit[] {
  const { action, preview } = rule.attributes;
  if (action?.literal !== 'throttle' && action?.literal !== 'rate_based_ban') return [];
  const limit = { by: policy.labels.join('.'), origin: rule.origin };
  if (preview?.literal === true) return [{ ...limit, idle: 'its rule is in preview, which only logs' }];
  const [threshold] = nested(rule, 'rate_limit_options').flatMap((options) => nested(options, 'rate_limit_threshold'));
  const count = threshold?.attributes['count']?.literal;
  const seconds = threshold?.attributes['interval_sec']?.literal;
  const known = typeof count === 'number' && typeof seconds === 'number';
  return [{ ...limit, ...(known && { perSecond: count / seconds }) }];
}
