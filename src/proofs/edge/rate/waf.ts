/** Rate-based rules of AWS's web ACLs. https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html */
import type { HclBlock } from '../../../model/document.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { resourceBlocks } from '../../topology/index.ts';
import { isReadBy } from '../controllers.ts';
import { annotationOrigin } from '../settings.ts';
import { deep } from '../terraform.ts';
import type { PublicRoute } from '../types.ts';
import { attachedAcls } from '../waf.ts';
import { holds, tightest, type RateLimit } from './types.ts';

const ALB = 'alb.ingress.kubernetes.io/';

/** An Ingress of the AWS controller has a balancer of its own: only an ACL named by its annotation counts for it. */
export function byWaf(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const { annotations } = route;
  const ownBalancer = isReadBy(view, route, 'alb') && Object.keys(annotations).some((key) => key.startsWith(ALB));
  const acls = ownBalancer ? namedAcls(view, annotations) : attachedAcls(view).map(({ block }) => block);
  const limits = acls.flatMap(limitsIn);
  const found = tightest(limits.filter(holds)) ?? limits[0];
  const key = `${ALB}wafv2-acl-arn`;
  if (found !== undefined || !ownBalancer || annotations[key] === undefined || acls.length > 0) return found;
  const unsure = `what the web ACL of ${route.source} bounds is not in the repository`;
  return { by: key, unsure, origin: annotationOrigin(view, route, key) };
}

/** The ACL that an ARN names, `…:regional/webacl/NAME/ID`; where it is a template's and no name, any may be meant. */
function namedAcls(view: PlatformView, annotations: PublicRoute['annotations']): readonly HclBlock[] {
  const arn = annotations[`${ALB}wafv2-acl-arn`];
  if (arn === undefined) return [];
  const name = /\/webacl\/([^/$]+)\//.exec(arn)?.[1];
  const acls = resourceBlocks(view, 'aws_wafv2_web_acl');
  return name === undefined ? acls : acls.filter(({ attributes }) => attributes['name']?.literal === name);
}

/** Its rules that act rather than count. What a scope-down statement leaves out is not bounded. */
function limitsIn(acl: HclBlock): RateLimit[] {
  const by = acl.labels.join('.');
  return deep(acl, 'rule').flatMap((rule) => {
    const acts = rule.blocks.some((part) => part.type === 'action' && part.blocks.some(({ type }) => type !== 'count'));
    return deep(rule, 'rate_based_statement').map((statement): RateLimit => {
      const limit = { by, origin: statement.origin };
      if (!acts) return { ...limit, idle: 'its rate-based rule only counts' };
      if (deep(statement, 'scope_down_statement').length > 0)
        return {
          ...limit,
          unsure: `the rate-based rule of ${by} is for what its scope_down_statement matches, and for nothing else`,
        };
      const requests = statement.attributes['limit']?.literal;
      const window = statement.attributes['evaluation_window_sec'];
      const seconds = window === undefined ? 300 : window.literal;
      const known = typeof requests === 'number' && typeof seconds === 'number';
      return { ...limit, ...(known && { perSecond: requests / seconds }) };
    });
  });
}
