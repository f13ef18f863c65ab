import type { HclBlock } from '../../model/document.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { deep, publicBalancers, refersTo } from './terraform.ts';

/** An AWS WAFv2 web ACL that traffic from the internet passes. */
export interface AttachedAcl {
  /** `aws_wafv2_web_acl.public`. */
  readonly name: string;
  readonly block: HclBlock;
  /** What it is attached to: `aws_lb.public`, `aws_cloudfront_distribution.site`. */
  readonly to: readonly string[];
  readonly origin: Origin;
}

/** Web ACLs attached to a public load balancer or a CloudFront distribution. */
export function attachedAcls(view: PlatformView): AttachedAcl[] {
  const balancers = publicBalancers(view).map(({ block }) => block);
  const distributions = view.terraform('resource', 'aws_cloudfront_distribution');
  const associations = view.terraform('resource', 'aws_wafv2_web_acl_association');
  return view.terraform('resource', 'aws_wafv2_web_acl').flatMap((block) => {
    const here = <T extends HclBlock>(others: readonly T[]): T[] =>
      others.filter(({ module }) => module === block.module);
    const associated = here(associations).filter(({ attributes }) => refersTo(attributes['web_acl_arn'], block));
    const to = [
      ...here(balancers).filter((balancer) =>
        associated.some(({ attributes }) => refersTo(attributes['resource_arn'], balancer)),
      ),
      ...here(distributions).filter(({ attributes }) => refersTo(attributes['web_acl_id'], block)),
    ];
    return to.length === 0
      ? []
      : [{ name: block.labels.join('.'), block, to: to.map(({ labels }) => labels.join('.')), origin: block.origin }];
  });
}

/** Whether a rate-based rule of the ACL acts rather than counts. */
export function hasRateRule(acl: HclBlock): boolean {
  return deep(acl, 'rule').some(
    (rule) =>
      deep(rule, 'rate_based_statement').length > 0 &&
      rule.blocks.some((part) => part.type === 'action' && part.blocks.some(({ type }) => type !== 'count')),
  );
}
