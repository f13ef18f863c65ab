import type { HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';
import { companion } from './companions.ts';
import { hasDynamic, type Fact } from './facts.ts';
import { dataBlocks } from '../../proofs/topology/index.ts';

/** Whether a policy of the bucket denies requests without TLS, as the condition `aws:SecureTransport` false. */
export function tlsOnly(view: PlatformView, bucket: HclBlock): Fact {
  const name = bucket.labels.join('.');
  const found = companion(view, 'aws_s3_bucket_policy', bucket);
  const inline = bucket.attributes['policy'];
  const fact = (answer: Fact['answer'], because: string, { origin }: Pick<HclBlock, 'origin'> = bucket): Fact => ({
    question: 'tls-only',
    answer,
    because: `${name} ${because}`,
    origin,
  });
  if (found === 'open') return fact('unknown', 'may have a policy whose bucket is not written here');
  const policy = found?.attributes['policy'] ?? inline;
  if (policy === undefined) return { ...fact('no', 'has no policy that refuses requests without TLS'), absent: true };
  const written = typeof policy.literal === 'string' ? policy.literal : policy.text;
  if (deniesInText(written)) return fact('yes', 'refuses requests without TLS', policy);
  const block = dataBlocks(view, 'aws_iam_policy_document').find(
    ({ address }) => address !== undefined && policy.refersTo?.includes(address) === true,
  );
  if (block === undefined)
    return policy.literal !== undefined || /jsonencode|^\s*<<|^\s*"/.test(policy.text)
      ? fact('no', 'has a policy that refuses no request without TLS', policy)
      : fact('unknown', `has a policy that is not written here: ${policy.text.trim()}`, policy);
  if (block.blocks.some(deniesPlain)) return fact('yes', 'refuses requests without TLS', block);
  return hasDynamic(block, 'statement') ||
    'source_policy_documents' in block.attributes ||
    'override_policy_documents' in block.attributes
    ? fact('unknown', 'has a policy that is put together elsewhere', block)
    : fact('no', 'has a policy that refuses no request without TLS', block);
}

function deniesInText(text: string): boolean {
  return /"?Effect"?\s*[:=]\s*"Deny"/.test(text) && /aws:SecureTransport"?\s*[:=]\s*\[?\s*"?false/.test(text);
}

function deniesPlain(statement: HclBlock): boolean {
  if (statement.type !== 'statement' || statement.attributes['effect']?.literal !== 'Deny') return false;
  return statement.blocks.some(({ type, attributes }) => {
    const values = attributes['values']?.literal;
    const isFalse = Array.isArray(values) && values.some((value) => String(value) === 'false');
    return type === 'condition' && attributes['variable']?.literal === 'aws:SecureTransport' && isFalse;
  });
}
