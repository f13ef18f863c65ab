import type { HclBlock } from '../../model/document.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Resource, Value } from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf } from '../../proofs/topology/index.ts';

/** The policy that a bucket has: a document of Terraform's, or JSON as the attribute holds it. */
export interface Policy {
  readonly document: Resource | undefined;
  readonly value: Value;
  /** The expression, as it is written. */
  readonly text: string;
  readonly origin: Origin;
}

/** The policy that a bucket, or the `aws_s3_bucket_policy` beside it, states. */
export function policyOf(view: PlatformView, { address, origin }: HclBlock): Policy | undefined {
  for (const root of configurationsOf(view)) {
    const holder = root.resources.find((one) => one.address === address && one.origin === origin);
    const policy = holder?.attribute('policy');
    if (policy === undefined) continue;
    const [document] = root.named(policy.value).filter(({ type }) => type === 'aws_iam_policy_document');
    const text = holder?.asBlock().attributes['policy']?.text.trim() ?? '';
    return { document, value: policy.value, text, origin: document?.origin ?? policy.origin };
  }
  return undefined;
}
