import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result, type Severity } from '../../model/result.ts';
import { QUESTIONS, type Fact, type Holder, type Question } from './facts.ts';

interface Params {
  readonly ownKeys: boolean;
  readonly exempt: Readonly<Record<string, readonly string[]>>;
}

const REMEDIES: Readonly<Record<Question, readonly [Severity, string]>> = {
  encrypted: ['high', 'Encrypt it; most services can do that only for a new copy, to which the data are moved.'],
  key: ['medium', 'Name a key of KMS that the platform manages.'],
  private: ['high', 'Add an aws_s3_bucket_public_access_block with all four settings true.'],
  versioned: [
    'medium',
    'Add an aws_s3_bucket_versioning with status Enabled, and a lifecycle rule that ends old versions.',
  ],
  'tls-only': ['medium', 'Add a bucket policy that denies every action where aws:SecureTransport is false.'],
};

export function check(_subject: Subject, { id, facts }: Holder, params: Params): Result {
  const excused = params.exempt[id] ?? [];
  const asked = facts.filter(({ question }) => !excused.includes(question) && (question !== 'key' || params.ownKeys));
  const findings = asked.filter(({ answer }) => answer === 'no').map(broken);
  const open = asked.find(({ answer }) => answer === 'unknown');
  if (findings.length === 0 && open !== undefined) return inconclusive(open.because, open.origin);
  if (findings.length === 0 && asked.length === 0) return inconclusive(`nothing is asked of ${id}`);
  const held = QUESTIONS.filter((question) => asked.some((fact) => fact.question === question));
  return failOr(findings, `${id}: ${held.join(', ')}`, { answers: asked.length });
}

function broken({ question, because, origin, absent, remedy }: Fact): Finding {
  const [severity, usual] = REMEDIES[question];
  const remediation = remedy ?? usual;
  return { message: because, severity, origin, remediation, ...(absent === undefined ? {} : { fromAbsence: absent }) };
}
