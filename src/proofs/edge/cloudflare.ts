import type { HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';
import { resourceBlocks } from '../topology/index.ts';

/**
 * Cloudflare's rulesets of the phases that a pattern names. Which hosts pass Cloudflare is a matter of DNS, and not told here.
 * https://developers.cloudflare.com/ruleset-engine/reference/phases-list/
 */
export function cloudflareRulesets(view: PlatformView, phases: RegExp): HclBlock[] {
  return resourceBlocks(view, 'cloudflare_ruleset').filter(({ attributes }) => {
    const phase = attributes['phase']?.literal;
    return typeof phase === 'string' && phases.test(phase);
  });
}
