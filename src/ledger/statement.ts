import { z } from 'zod';
import type { Statement } from '../model/evidence.ts';
import { LaunchgateError } from '../model/errors.ts';
import { parseBoundedJson } from './bounded-json.ts';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

/** Bounds of a statement. Its subjects' digests all go into the leaf, which must fit an entry of the log. */
export const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;
const MAX_DEPTH = 64;
const MAX_SUBJECTS = 128;
const MAX_DIGESTS = 256;

const algorithm = z.string().regex(/^[A-Za-z0-9_.-]{1,32}$/);
const digestValue = z.string().regex(/^[\w+/=:.-]{1,128}$/);
const digestSet = z
  .record(algorithm, digestValue)
  .refine((set) => Object.keys(set).length > 0, 'expected at least one digest')
  .refine((set) => set['sha256'] === undefined || /^[0-9a-f]{64}$/.test(set['sha256']), 'sha256 is not 64 hex digits');

const subject = z.object({ name: z.string().optional(), uri: z.string().optional(), digest: digestSet });

const statementSchema = z
  .object({
    _type: z.literal(STATEMENT_TYPE),
    subject: z.array(subject).min(1).max(MAX_SUBJECTS),
    predicateType: z.string().regex(/^[!-~]{1,512}$/, 'expected a URI of at most 512 printable characters'),
    predicate: z.unknown(),
  })
  .refine((statement) => subjectDigests(statement).length <= MAX_DIGESTS, `more than ${MAX_DIGESTS} digests`);

/** Reads a statement from payload bytes. Throws `evidence-invalid`, naming `where` and the member that is wrong. */
export function parseStatement(payload: Uint8Array, where: string): Statement {
  const json = parseBoundedJson(payload, { bytes: MAX_PAYLOAD_BYTES, depth: MAX_DEPTH });
  if (!json.ok) throw invalid(where, json.reason);
  const parsed = statementSchema.safeParse(json.value);
  if (parsed.success) return parsed.data as Statement;
  const issue = parsed.error.issues[0];
  throw invalid(where, `${issue?.path.join('.') || 'statement'}: ${issue?.message}`);
}

/** All digests of all subjects as `algorithm:value`, sorted, each once. */
export function subjectDigests(statement: {
  readonly subject: readonly { readonly digest: Readonly<Record<string, string>> }[];
}): string[] {
  const digests: string[] = [];
  for (const { digest } of statement.subject) for (const name in digest) digests.push(`${name}:${digest[name]}`);
  return digests.length > 1 ? [...new Set(digests)].sort() : digests;
}

function invalid(where: string, what: string): LaunchgateError {
  return new LaunchgateError('evidence-invalid', `${where}: not an in-toto Statement v1: ${what}`, {
    next: 'Write the statement again with the tool that made it.',
  });
}
