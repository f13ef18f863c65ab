import type { HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isMap, type Resource, type Value } from '../../proofs/topology/evaluate/index.ts';
import { documentOf } from '../../proofs/topology/index.ts';
import { companion } from './companions.ts';
import { denialOf, denialsIn, shortOf, type Denial } from './denials.ts';
import type { Fact } from './facts.ts';
import { policyOf } from './policies.ts';

/** Whether a policy of the bucket denies every request without TLS to everybody, as the condition `aws:SecureTransport` false. */
export function tlsOnly(view: PlatformView, bucket: HclBlock): Fact {
  const name = bucket.labels.join('.');
  const found = companion(view, 'aws_s3_bucket_policy', bucket);
  const fact = (answer: Fact['answer'], because: string, { origin }: Pick<HclBlock, 'origin'> = bucket): Fact => ({
    question: 'tls-only',
    answer,
    because: `${name} ${because}`,
    origin,
  });
  if (found === 'open') return fact('unknown', 'may have a policy whose bucket is not written here');
  const held = policyOf(view, found ?? bucket);
  if (held === undefined) return { ...fact('no', 'has no policy that refuses requests without TLS'), absent: true };
  const { origin, document } = held;
  const statements = document === undefined ? inJson(held.value, held.text) : inDocument(document);
  const shorts = statements.denials.map(shortOf);
  if (shorts.includes(undefined)) return fact('yes', 'refuses requests without TLS', { origin });
  if (statements.open !== undefined) return fact('unknown', `has a policy ${statements.open}`, { origin });
  const [short] = shorts;
  return short === undefined
    ? fact('no', 'has a policy that refuses no request without TLS', { origin })
    : fact(short.isKnown ? 'no' : 'unknown', `refuses requests without TLS ${short.what}`, { origin });
}

interface Statements {
  /** The statements that deny something on account of TLS. */
  readonly denials: readonly Denial[];
  /** Why there may be others. */
  readonly open?: string;
}

function inJson(policy: Value, text: string): Statements {
  const document = documentOf(policy);
  const statements = document !== undefined && isMap(document) ? document['Statement'] : undefined;
  return statements === undefined
    ? { denials: [], open: `that is not written here: ${text}` }
    : { denials: denialsIn(statements) };
}

/** What a document is put together of elsewhere (`source_policy_documents`) may deny more. */
function inDocument(document: Resource): Statements {
  const isMerged = ['source_policy_documents', 'override_policy_documents'].some(
    (name) => document.attribute(name) !== undefined,
  );
  return {
    denials: document.blocks('statement').flatMap((statement) => denialOf(statement) ?? []),
    ...((isMerged || document.open('statement') !== undefined) && { open: 'that is put together elsewhere' }),
  };
}
