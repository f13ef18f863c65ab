import { z } from 'zod';
import type { Digest } from '../model/digest.ts';
import { PREDICATE } from '../model/evidence.ts';
import { policyKeySchema } from '../model/policy.ts';
import { MOST_SHARDS } from '../model/shards.ts';

/**
 * Schemas of the predicates that the gate judges. A statement whose predicate does not fit is refused, so everything
 * below the trust walk works on checked shapes. Extra members are kept: newer writers may say more.
 */
const digest = z.custom<Digest>(
  (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value),
  'expected sha256: and 64 hex digits',
);
const instant = z.iso.datetime({ offset: true });
const label = z.string().min(1).max(512);
const prose = z.string().min(10, 'expected a reason of ten characters or more').max(4096);

const scope = {
  control: label,
  subject: label.optional(),
  environment: label,
  target: label.optional(),
  startedAt: instant,
  finishedAt: instant,
  binds: z
    .looseObject({
      input: digest.optional(),
      params: digest.optional(),
      version: z.int().optional(),
      candidate: digest.optional(),
    })
    .optional(),
};

/** What every piece of evidence for a control says of its scope. */
export const scopeSchema = z.looseObject(scope);

export const drillSchema = z.looseObject({
  ...scope,
  outcome: z.enum(['pass', 'fail', 'inconclusive', 'error']),
  observations: z.array(z.looseObject({ name: label, value: z.number(), unit: z.string(), met: z.boolean() })),
  because: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});

const shard = z
  .strictObject({ index: z.int().min(1), of: z.int().min(1).max(MOST_SHARDS) })
  .refine(({ index, of }) => index <= of, 'expected an index up to the number of shards');
export const scanSchema = z.looseObject({
  ...scope,
  scanned: z.array(digest),
  scope: z.number().min(0),
  shard: shard.optional(),
});

/** A permission to miss a control, and a statement that one does not apply: the same shape, different weight. */
const exception = {
  control: label,
  subject: label.optional(),
  environment: label,
  reason: prose,
  /** Person who asks; signs the same statement as the approver. */
  requester: label,
  issuedAt: instant,
  expires: instant,
};
export const waiverSchema = z.strictObject(exception);
export const exclusionSchema = z.strictObject(exception);

export const signOffSchema = z.strictObject({
  gate: label,
  environment: label,
  candidate: digest,
  /** Digest of all non-human inputs, as `decide` reports it. */
  seal: digest,
  topics: z.array(label).min(1),
  comment: z.string().max(4096).optional(),
  signedAt: instant,
});

export const breakGlassSchema = z.strictObject({
  gate: label,
  environment: label,
  candidate: digest,
  reason: prose,
  incident: label.optional(),
  openedAt: instant,
  expires: instant,
});

/** The document is digested as it stands and parsed with the policy's own schema afterwards. */
export const policyPredicateSchema = z.strictObject({ version: z.int().min(1), policy: z.unknown() });

export const keyPredicateSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('add'), key: policyKeySchema, reason: prose.optional() }),
  // Whatever a later release says beside it: a revocation that is passed over would leave the key in force.
  z.looseObject({ action: z.literal('revoke'), key: digest, reason: prose }),
]);

const strength = z.strictObject({
  value: z.union([z.number(), z.string()]),
  stricter: z.enum(['higher', 'lower', 'same']),
});

/** How much was demanded: what a later candidate may not fall behind without the owners. */
export const baselineFactsSchema = z.strictObject({
  /** Control -> its subjects. */
  subjects: z.record(z.string(), z.array(z.string())),
  /** Gate -> controls that it required because the description said so: the user's own, and those that its tracks name. */
  required: z.record(z.string(), z.array(z.string())),
  /** `store/orders rpo` -> value and which way is stricter. */
  strengths: z.record(z.string(), strength),
  /** `CONTROL SUBJECT` -> param -> value, where it is not the default. */
  params: z.record(z.string(), z.record(z.string(), z.unknown())),
});

export const baselineSchema = z.strictObject({
  environment: label,
  gate: label,
  candidate: digest,
  recordedAt: instant,
  facts: baselineFactsSchema,
});

export type Scope = z.infer<typeof scopeSchema>;
export type Exception = z.infer<typeof waiverSchema>;
export type SignOff = z.infer<typeof signOffSchema>;
export type BreakGlass = z.infer<typeof breakGlassSchema>;
export type KeyPredicate = z.infer<typeof keyPredicateSchema>;
export type Strength = z.infer<typeof strength>;
export type BaselineFacts = z.infer<typeof baselineFactsSchema>;
export type Baseline = z.infer<typeof baselineSchema>;

const SCHEMAS: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  [PREDICATE.drill, drillSchema],
  [PREDICATE.scan, scanSchema],
  [PREDICATE.attachment, scopeSchema],
  [PREDICATE.waiver, waiverSchema],
  [PREDICATE.exclusion, exclusionSchema],
  [PREDICATE.signOff, signOffSchema],
  [PREDICATE.breakGlass, breakGlassSchema],
  [PREDICATE.policy, policyPredicateSchema],
  [PREDICATE.key, keyPredicateSchema],
  [PREDICATE.baseline, baselineSchema],
]);

/** Evidence whose predicates begin with a {@link Scope}. */
export const SCOPED_PREDICATES: ReadonlySet<string> = new Set<string>([
  PREDICATE.drill,
  PREDICATE.scan,
  PREDICATE.attachment,
]);

/** Acts of persons: kept when any enrolled person signed, counted by the rules of each act. */
export const HUMAN_PREDICATES: ReadonlySet<string> = new Set<string>([
  PREDICATE.waiver,
  PREDICATE.exclusion,
  PREDICATE.signOff,
  PREDICATE.breakGlass,
]);

/** Why a predicate does not fit its type, or `undefined` when it does. Types of other tools are not judged here. */
export function predicateMistake(predicateType: string, predicate: unknown): string | undefined {
  const parsed = SCHEMAS.get(predicateType)?.safeParse(predicate);
  if (parsed === undefined || parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  return issue === undefined ? 'malformed' : `${issue.path.join('.') || 'predicate'}: ${issue.message}`;
}
