import type { HclBlock } from '../../model/document.ts';
import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Severity } from '../../model/result.ts';
import { nested, refersTo, type PublicBalancer } from '../../proofs/edge/terraform.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';
import { cloudflareFacts } from './cloudflare.ts';

/** Something proven about the edge that does not hold, with what mends it. */
export interface Fact {
  readonly message: string;
  readonly severity: Severity;
  readonly remediation: string;
  readonly origin: Origin;
  readonly fromAbsence?: boolean;
}

/** Policies that still speak TLS 1.0 or 1.1. The provider's default is ELBSecurityPolicy-2016-08, which is one of them. */
export const WEAK_POLICY =
  /^ELBSecurityPolicy-(?:2015-|2016-08|TLS-1-0-|TLS-1-1-|TLS13-1-0-|TLS13-1-1-|FS-2018-06|FS-1-1-)/;

const NEWER = 'Choose a policy of TLS 1.2 or newer, such as ELBSecurityPolicy-TLS13-1-2-2021-06.';

/** What cannot be told of a listener, because a value that decides is given from outside. */
export function unclearListeners(balancers: readonly PublicBalancer[]): At<string>[] {
  return balancers.flatMap(({ listeners }) =>
    listeners.flatMap((listener) =>
      ['protocol', 'ssl_policy'].flatMap((name): At<string>[] => {
        const attribute = listener.attributes[name];
        if (attribute === undefined || attribute.literal !== undefined) return [];
        const because = `${listener.labels.join('.')} takes its ${name} from ${attribute.text.trim()}, which is not known here`;
        return [{ value: because, origin: attribute.origin }];
      }),
    ),
  );
}

/** What Terraform says of the load balancers and distributions in front. */
export function balancerFacts(view: PlatformView, balancers: readonly PublicBalancer[]): Fact[] {
  return [
    ...balancers.flatMap(({ listeners }) => listeners.flatMap((listener) => listenerFacts(view, listener))),
    ...resourceBlocks(view, 'aws_cloudfront_distribution').flatMap(distributionFacts),
    ...cloudflareFacts(view),
  ];
}

function listenerFacts(view: PlatformView, listener: HclBlock): Fact[] {
  const name = listener.labels.join('.');
  const { protocol, ssl_policy: policy, certificate_arn: certificate } = listener.attributes;
  if (protocol?.literal === 'HTTP' || (protocol === undefined && certificate === undefined))
    return plainFacts(view, listener, name);
  if (protocol?.literal !== 'HTTPS' && protocol?.literal !== 'TLS') return [];
  const facts: Fact[] = [];
  if (policy === undefined)
    facts.push({
      message: `${name} names no TLS policy, and the default, ELBSecurityPolicy-2016-08, speaks TLS 1.0`,
      severity: 'high',
      origin: listener.origin,
      remediation: NEWER,
    });
  else if (typeof policy.literal === 'string' && WEAK_POLICY.test(policy.literal))
    facts.push({
      message: `${name} speaks TLS older than 1.2 (${policy.literal})`,
      severity: 'high',
      origin: policy.origin,
      remediation: NEWER,
    });
  const manual = resourceBlocks(view, 'aws_iam_server_certificate').find((block) => refersTo(certificate, block));
  const byMail = resourceBlocks(view, 'aws_acm_certificate').find(
    (block) =>
      refersTo(certificate, block) &&
      (block.attributes['validation_method']?.literal === 'EMAIL' || block.attributes['private_key'] !== undefined),
  );
  const unrenewed = manual ?? byMail;
  if (unrenewed !== undefined && certificate !== undefined)
    facts.push({
      message: `${name} uses ${unrenewed.labels.join('.')}, a certificate that people renew`,
      severity: 'medium',
      origin: certificate.origin,
      remediation: 'Use an ACM certificate that is validated by DNS.',
    });
  return facts;
}

/** What a listener of plain HTTP hands on, by its default action or by a rule of its own. */
function plainFacts(view: PlatformView, listener: HclBlock, name: string): Fact[] {
  const rules = ['aws_lb_listener_rule', 'aws_alb_listener_rule']
    .flatMap((type) => resourceBlocks(view, type))
    .filter((rule) => refersTo(rule.attributes['listener_arn'], listener, rule.module));
  return [
    ...forwards(listener, 'default_action').map((origin) => ({
      message: `${name} forwards plain HTTP instead of redirecting it`,
      severity: 'high' as const,
      origin,
      remediation: 'Make its default action a redirect to HTTPS.',
    })),
    ...rules.flatMap((rule) =>
      forwards(rule, 'action').map((origin) => ({
        message: `${rule.labels.join('.')} forwards what ${name} takes over plain HTTP instead of redirecting it`,
        severity: 'high' as const,
        origin,
        remediation: 'Hang the rule on the HTTPS listener, and redirect what comes over HTTP.',
      })),
    ),
  ];
}

function forwards(block: HclBlock, action: 'action' | 'default_action'): Origin[] {
  return nested(block, action).flatMap(({ attributes: { type } }) =>
    type?.literal === 'forward' ? [type.origin] : [],
  );
}

function distributionFacts(block: HclBlock): Fact[] {
  const name = block.labels.join('.');
  const behaviours = [...nested(block, 'default_cache_behavior'), ...nested(block, 'ordered_cache_behavior')];
  const plain = behaviours.flatMap(({ attributes }) => {
    const policy = attributes['viewer_protocol_policy'];
    return policy?.literal === 'allow-all' ? [policy] : [];
  });
  const version = nested(block, 'viewer_certificate')[0]?.attributes['minimum_protocol_version'];
  return [
    ...plain.map(({ origin }) => ({
      message: `${name} serves plain HTTP instead of redirecting it`,
      severity: 'high' as const,
      origin,
      remediation: 'Set viewer_protocol_policy to redirect-to-https.',
    })),
    ...(version !== undefined &&
    typeof version.literal === 'string' &&
    /^(?:SSLv3|TLSv1(?:_2016|\.1_2016)?)$/.test(version.literal)
      ? [
          {
            message: `${name} speaks TLS older than 1.2 (${version.literal})`,
            severity: 'high' as const,
            origin: version.origin,
            remediation: 'Set minimum_protocol_version to TLSv1.2_2021.',
          },
        ]
      : []),
  ];
}
