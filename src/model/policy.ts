import { z } from 'zod';
import { STAGES } from './control.ts';
import { canonicalJson, sha256, type Digest } from './digest.ts';
import { isDuration } from './duration.ts';
import { PREDICATE, type PredicateName } from './evidence.ts';
import { contradictions, OWNER_ROLE } from './policy-rules.ts';

const name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/, 'expected a name of lower-case letters, digits, "-", "_" and "."')
  .max(253);
const text = z.string().min(1).max(4096);
const duration = z.string().refine(isDuration, 'expected a duration such as 90s, 15m, 2h or 90d');
const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)], 'expected sha256: and 64 hex digits');
const half = z.enum(['check', 'drill', 'accept']);
const predicateName = z.enum(Object.keys(PREDICATE) as [PredicateName, ...PredicateName[]]);

/** Somebody whom the policy knows. */
export const policyPersonSchema = z.strictObject({
  id: name,
  name: text,
  /** Authors of a candidate are recognised by it. */
  email: z.email('expected an address such as ana@example.com').optional(),
  /** Other addresses under which they commit: the one that a forge gives them, an earlier one. Authors are recognised by these as well. */
  addresses: z.array(z.email('expected an address such as ana@example.com')).optional(),
  roles: z.array(name).default([]),
});

/** A key as the policy, or a key entry of the ledger, enrols it. */
export const policyKeySchema = z.strictObject({
  /** SHA-256 of the raw Ed25519 public key. */
  id: digest,
  /** The raw public key, 32 bytes, base64. */
  publicKey: z.base64(),
  /** Who holds it. Persons are counted, never keys. */
  owner: z.string().regex(/^(?:person|workload)\/[a-z0-9][a-z0-9._:/@-]*$/, 'expected person/ID or workload/NAME'),
  /** Last log index at which its signatures count. */
  notAfterIndex: z.int().min(0).optional(),
});

/** Which controls; the members of one selector must all hold. A selector that matches nothing blocks. */
const selector = z
  .strictObject({
    launch: z.literal(true).optional(),
    /** This stage and the ones before it. */
    upTo: z.enum(STAGES).optional(),
    controls: z.array(name).min(1).optional(),
    /** Codes of the source documents, such as `OT5`. */
    sources: z.array(text).min(1).optional(),
    /** Controls named by these tracks of the spec. */
    tracks: z.array(name).min(1).optional(),
    /** Only these halves are needed; all that the control has by default. */
    halves: z.array(half).min(1).optional(),
  })
  .refine(
    ({ launch, upTo, controls, sources, tracks }) =>
      [launch, upTo, controls, sources, tracks].some((criterion) => criterion !== undefined),
    'expected at least one of launch, upTo, controls, sources, tracks',
  );

const trackRequirement = z.strictObject({
  id: name,
  title: text,
  /** Its controls: those that cite this source, … */
  source: text.optional(),
  /** … and these, and those the spec's own track names. */
  controls: z.array(name).default([]),
  atLeast: z.enum(['in_progress', 'done']),
});

const signOffRow = z.strictObject({
  topic: name,
  /** One person for each; nobody counts twice in a row. */
  roles: z.array(name).min(1),
  /** Controls whose accept half is shown these sign-offs. */
  controls: z.array(name).default([]),
});

const maxAge = z.strictObject({
  drill: duration.default('90d'),
  accept: duration.default('30d'),
  /** By control, for either half. */
  controls: z.record(name, duration).default({}),
});

/** A named set of requirements. */
export const gateSchema = z.strictObject({
  name,
  /** The environment that its decision holds for. */
  environment: name,
  /** Other environments whose drills and reports may serve, best first. */
  evidenceFrom: z.array(name).default([]),
  requires: z.array(selector).min(1),
  tracks: z.array(trackRequirement).default([]),
  signOffs: z.array(signOffRow).default([]),
  maxAge: maxAge.prefault({}),
});

const authority = z.strictObject({
  predicate: predicateName,
  signers: z
    .strictObject({
      roles: z.array(name).default([]),
      workloads: z.array(text).default([]),
      keys: z.array(digest).default([]),
    })
    .refine(({ roles, workloads, keys }) => roles.length + workloads.length + keys.length > 0, 'expected a signer'),
  /** All, when left out. */
  environments: z.array(name).min(1).optional(),
});

const target = z.strictObject({
  environment: name,
  /** What a drill measures there and a copy does not inherit: cluster UID, account, machine id with data directory. */
  identities: z.array(text).min(1),
});

const boundary = z.union([z.number(), duration]);

/** The least that a parameter may be; also the value it starts from. */
const floor = z.union([
  z.strictObject({ atLeast: boundary }),
  z.strictObject({ atMost: boundary }),
  z.strictObject({ exactly: z.json() }),
]);

const approvers = z.array(name).min(1).default([OWNER_ROLE]);

const fields = z.strictObject({
  apiVersion: z.literal('launchgate/v1'),
  kind: z.literal('Policy'),
  version: z.int().min(1),
  /** Digest of the version before; absent in the first. */
  previous: digest.optional(),
  /** Names the verifier in every decision. */
  verifier: z.strictObject({ id: z.url() }),
  people: z.array(policyPersonSchema).min(1),
  keys: z.array(policyKeySchema).min(1),
  /** Who may change the policy: so many persons of these. */
  owners: z.strictObject({ persons: z.array(name).min(1), quorum: z.int().min(1) }),
  gates: z.array(gateSchema).default([]),
  /** Who may sign what. A predicate that is not listed can be signed by nobody. */
  authorities: z.array(authority).default([]),
  targets: z.array(target).default([]),
  /** By control and parameter. */
  floors: z.record(name, z.record(z.string(), floor)).default({}),
  waivers: z
    .strictObject({
      maxDays: z.int().min(1).max(365).default(30),
      /** Over all renewals for one control and subject. */
      maxTotalDays: z.int().min(1).max(730).default(90),
      approvers,
    })
    .prefault({}),
  exclusions: z.strictObject({ maxDays: z.int().min(1).max(730).default(180), approvers }).prefault({}),
  breakGlass: z
    .strictObject({
      quorum: z.int().min(2).default(2),
      maxHours: z.number().positive().max(72).default(4),
      approvers,
    })
    .prefault({}),
  /** Commits for whose history the owners answer: who wrote or committed up to them is no author of a candidate that came after. */
  reviewedCommits: z
    .array(z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'expected all digits of a commit'))
    .optional(),
  /** Controls that no waiver covers, besides those whose metadata says so. */
  nonWaivable: z.array(name).default([]),
  /** How far a claimed time may run ahead of the sequencer's. */
  maxClockSkew: duration.default('5m'),
});

/** The trust root: roles, persons, keys, what each gate requires and who may sign what. */
export const policySchema = fields.superRefine((policy, context) => {
  for (const [path, message] of contradictions(policy)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

export type Policy = z.infer<typeof fields>;
export type PolicyInput = z.input<typeof fields>;
export type PolicyKey = z.infer<typeof policyKeySchema>;
export type GateDefinition = Policy['gates'][number];
export type GateSelector = GateDefinition['requires'][number];
export type TrackRequirement = GateDefinition['tracks'][number];
export type Authority = Policy['authorities'][number];
export type Floor = z.infer<typeof floor>;

/**
 * Digest of a policy document as it stands in its statement. Taken of the document, not of the parsed policy, so that a
 * default of a later release cannot change it.
 */
export function policyDigest(document: unknown): Digest {
  return sha256(canonicalJson(document));
}

/** The parameters that the policy sets, for the engine to start from: control -> parameter -> value. */
export function policyParams(policy: Policy): Record<string, Record<string, unknown>> {
  const valueOf = (bound: Floor) =>
    'atLeast' in bound ? bound.atLeast : 'atMost' in bound ? bound.atMost : bound.exactly;
  return Object.fromEntries(
    Object.entries(policy.floors).map(([control, bounds]) => [
      control,
      Object.fromEntries(Object.entries(bounds).map(([param, bound]) => [param, valueOf(bound)])),
    ]),
  );
}

/** Roles of a person under a policy, the owners' included. */
export function rolesOf(policy: Policy, person: string): readonly string[] {
  const roles = policy.people.find(({ id }) => id === person)?.roles ?? [];
  return policy.owners.persons.includes(person) ? [...roles, OWNER_ROLE] : roles;
}
