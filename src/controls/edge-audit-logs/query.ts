import type { HclBlock } from '../../model/document.ts';
import type { Query } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { nested, publicBalancers, refersTo } from '../../proofs/edge/terraform.ts';
import { attachedAcls } from '../../proofs/edge/waf.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';

/** Something at the edge that can write a log of what passes. */
export interface LogSource {
  readonly name: string;
  readonly log: 'access log' | 'WAF log' | 'flow log';
  readonly on: boolean;
  readonly origin: Origin;
}

export interface AuditLogs {
  readonly declared: boolean;
  readonly sources: readonly LogSource[];
  readonly groups: readonly { readonly name: string; readonly days: number; readonly origin: Origin }[];
  /** What takes logs out of the account, by Terraform or by the spec. */
  readonly shippedBy: readonly string[];
  readonly retention?: string;
  readonly unshielded: readonly { readonly name: string; readonly origin: Origin }[];
}

/** Terraform's load balancers, distributions, web ACLs and networks, each with whether its log is on. */
export function auditLogs(): Query<AuditLogs> {
  return (view) => {
    const balancers = publicBalancers(view).map(({ block }) => block);
    const distributions = resourceBlocks(view, 'aws_cloudfront_distribution');
    const shields = resourceBlocks(view, 'aws_shield_protection');
    const { audit } = view.spec;
    return {
      declared: !view.provisional,
      sources: [
        ...balancers.map((block) =>
          source(
            block,
            'access log',
            nested(block, 'access_logs').some(
              (log) => log.attributes['enabled']?.literal !== false && log.attributes['enabled'] !== undefined,
            ),
          ),
        ),
        ...distributions.map((block) =>
          source(
            block,
            'access log',
            nested(block, 'logging_config').length > 0 ||
              isNamed(view, 'aws_cloudwatch_log_delivery_source', 'resource_arn', block),
          ),
        ),
        ...attachedAcls(view).map(({ block }) =>
          source(block, 'WAF log', isNamed(view, 'aws_wafv2_web_acl_logging_configuration', 'resource_arn', block)),
        ),
        ...resourceBlocks(view, 'aws_vpc').map((block) =>
          source(block, 'flow log', isNamed(view, 'aws_flow_log', 'vpc_id', block)),
        ),
      ],
      groups: resourceBlocks(view, 'aws_cloudwatch_log_group').flatMap((block) => {
        const days = block.attributes['retention_in_days'];
        // 0 and nothing at all both mean: kept for ever.
        return typeof days?.literal === 'number' && days.literal > 0
          ? [{ name: block.labels.join('.'), days: days.literal, origin: days.origin }]
          : [];
      }),
      shippedBy: [
        ...[
          'aws_cloudwatch_log_subscription_filter',
          'aws_kinesis_firehose_delivery_stream',
          'google_logging_project_sink',
          'azurerm_monitor_diagnostic_setting',
        ]
          .flatMap((type) => resourceBlocks(view, type))
          .map(({ labels }) => labels.join('.')),
        ...(audit?.export === undefined ? [] : [audit.export]),
      ],
      ...(audit?.retention === undefined ? {} : { retention: audit.retention }),
      unshielded: [...balancers, ...distributions]
        .filter((block) => !shields.some(({ attributes }) => refersTo(attributes['resource_arn'], block)))
        .map((block) => ({ name: block.labels.join('.'), origin: block.origin })),
    };
  };
}

function source(block: HclBlock, log: LogSource['log'], on: boolean): LogSource {
  return { name: block.labels.join('.'), log, on, origin: block.origin };
}

/** Whether a resource of a type is for the block; one that takes its target from elsewhere may be for any. */
function isNamed(view: PlatformView, type: string, attribute: string, block: HclBlock): boolean {
  return resourceBlocks(view, type).some(({ attributes, module }) => {
    const target = attributes[attribute];
    const passedIn = /^(?:var|module|local|each|data)\./.test(target?.text ?? '');
    const isKnown = target?.refersTo !== undefined || target?.literal !== undefined;
    return refersTo(target, block, module) || (!isKnown && passedIn);
  });
}
