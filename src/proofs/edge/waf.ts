import type { HclBlock } from '../../model/document.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { publicBalancers, refersTo } from './terraform.ts';
import { resourceBlocks } from '../topology/index.ts';

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
  const distributions = resourceBlocks(view, 'aws_cloudfront_distribution');
  const associations = resourceBlocks(view, 'aws_wafv2_web_acl_association');
  return resourceBlocks(view, 'aws_wafv2_web_acl').flatMap((block) => {
    const associated = associations.filter(({ attributes, module }) =>
      refersTo(attributes['web_acl_arn'], block, module),
    );
    const to = [
      ...balancers.filter((balancer) =>
        associated.some(({ attributes, module }) => refersTo(attributes['resource_arn'], balancer, module)),
      ),
      ...distributions.filter(({ attributes, module }) => refersTo(attributes['web_acl_id'], block, module)),
    ];
    return to.length === 0
      ? []
      : [{ name: block.labels.join('.'), block, to: to.map(({ labels }) => labels.join('.')), origin: block.origin }];
  });
}
