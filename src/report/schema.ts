/**
 * The published shape of `--format json`. Member order here is member order in the output; `launchgate/v1` members are
 * added to, never renamed or removed. The model's types are the other source of the same shape: they are held together
 * by the two assignments at the end of this file, which do not compile when either side drifts.
 */
import { z } from 'zod';
import { STAGES } from '../model/control.ts';
import { SOURCE_CLASSES } from '../model/document.ts';
import type { Deployable } from '../model/platform.ts';
import type { CheckReport, Decision } from '../model/report.ts';

const digest = z.templateLiteral(['sha256:', z.string()]).describe('SHA-256: "sha256:" and 64 hex digits.');
const instant = z.string().describe('RFC 3339, UTC.');
const outcome = z.enum(['pass', 'fail', 'inconclusive', 'error']);
const severity = z.enum(['critical', 'high', 'medium', 'low']);
const status = z.enum(['open', 'in_progress', 'done']);
const count = z.int().min(0);

const location = z
  .object({ path: z.string(), line: z.int().min(1), column: z.int().min(1) })
  .describe('Path relative to the checked folder; line and column are one-based.');

const witness = z
  .object({ summary: z.string(), facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) })
  .describe('What a pass looked at, with the numbers it found.');

const checkRow = z.object({
  control: z.string(),
  subject: z.string().describe('kind/name, "service/api".'),
  outcome,
  severity,
  message: z.string(),
  location: location.optional(),
  remediation: z.string().optional(),
  counterExample: z
    .array(z.object({ action: z.string(), state: z.string() }))
    .readonly()
    .optional()
    .describe('Steps that lead to the break, each with the state after it.'),
  witness: witness.optional(),
  ignored: z
    .object({ reason: z.string(), until: z.string() })
    .optional()
    .describe('An inline comment silences it, for check only; a gate never reads it.'),
  known: z.boolean().optional().describe('A baseline already held it.'),
  unread: z
    .literal(true)
    .optional()
    .describe(
      'Nothing but what could not be read keeps it from being told. The message names the first causes; the unread of the report lists all.',
    ),
});

/** Less what renderers alone need: inline values and overlays may hold secrets, and a report travels. */
const deployable = z.object({
  id: z.string(),
  renderer: z.enum(['plain', 'kustomize', 'helm', 'terraform']),
  path: z.string(),
  environment: z.string().optional(),
  environmentFrom: z.string().optional(),
  namespace: z.string().optional(),
  declaredBy: z.string(),
  sources: z.array(z.string()).readonly(),
});

const gap = z.object({
  path: z.string(),
  deployable: z.string().optional(),
  reason: z.string(),
  fix: z.string(),
  hides: z.array(z.enum(SOURCE_CLASSES)).readonly(),
  subject: z
    .string()
    .optional()
    .describe('The one service or store that it leaves open, where it says nothing of the others.'),
  line: z.int().optional(),
  column: z.int().optional(),
});

export const checkReportSchema = z.object({
  apiVersion: z.literal('launchgate/v1'),
  kind: z.literal('CheckReport'),
  tool: z.object({ name: z.literal('launchgate'), version: z.string() }),
  platform: z.object({ name: z.string(), environment: z.string(), provisional: z.boolean(), digest }),
  verdict: z
    .enum(['breaks', 'unknown', 'holds'])
    .describe(
      'Something fails, something could not be told, or all of it holds. Nothing proven, or anything unread, is never "holds".',
    ),
  summary: z.object({
    pass: count,
    fail: count,
    inconclusive: count,
    error: count,
    controls: count,
    subjects: count,
    ignored: count,
  }),
  findings: z.array(checkRow).readonly().describe('One row for each finding, unknown and pass; worst first.'),
  unread: z.array(gap).readonly().describe('What could not be read or rendered, why, and what mends it.'),
  leftOut: z
    .array(z.object({ path: z.string(), reason: z.string() }))
    .readonly()
    .describe('Files that are there and are not what runs, with the reason.'),
  assumptions: z.array(z.string()).readonly(),
  waiting: z.array(z.string()).readonly().describe('Controls about people and process that wait for a spec.'),
  withoutSubject: z.array(z.string()).readonly().describe('Controls that found nothing to judge; never passes.'),
  deployables: z.array(deployable).readonly(),
});

const requirement = z.object({
  control: z.string(),
  subject: z.string(),
  state: z
    .enum([
      'satisfied',
      'missing',
      'failed',
      'inconclusive',
      'stale',
      'drifted',
      'weakened',
      'waived',
      'excluded',
      'error',
    ])
    .describe('Everything but satisfied, waived and excluded blocks.'),
  half: z.enum(['check', 'drill', 'accept']).optional(),
  because: z.string(),
  owner: z.string().optional(),
  next: z.string().describe('The one thing to do next; empty when nothing is.'),
  evidence: z.array(digest).readonly(),
  stage: z.enum(STAGES),
  track: z.string().optional(),
  expires: instant.optional(),
});

const candidate = z.object({
  environment: z.string(),
  pinned: z.boolean(),
  commits: z.array(z.object({ repository: z.string(), commit: z.string() })).readonly(),
  images: z.array(z.object({ reference: z.string(), digest: digest.optional() })).readonly(),
  platform: digest,
  authors: z
    .array(z.string())
    .readonly()
    .optional()
    .describe('Addresses of its authors; their sign-offs do not count.'),
  digest,
});

export const decisionSchema = z.object({
  apiVersion: z.literal('launchgate/v1'),
  kind: z.literal('Decision'),
  gate: z.string(),
  environment: z.string(),
  verdict: z.enum(['GO', 'NO-GO']),
  at: instant,
  replay: z.boolean().describe('True when --at was given: printed as a replay, never signed.'),
  candidate,
  choices: z
    .object({
      from: z.string().optional().describe('The environment whose evidence was let serve (--from).'),
      pinnedRenders: z
        .literal(true)
        .optional()
        .describe('Pinned renders are believed where a tool is missing (--trust-pins).'),
    })
    .optional()
    .describe('What whoever decided chose where the policy leaves a choice.'),
  policy: z.object({ version: z.int(), digest, root: digest }),
  ledger: z.object({ size: count, root: z.string() }),
  seal: digest,
  blocks: z
    .array(z.object({ code: z.string(), because: z.string(), next: z.string(), owner: z.string().optional() }))
    .readonly()
    .describe('What blocks the decision as a whole.'),
  requirements: z.array(requirement).readonly(),
  tracks: z
    .array(
      z.object({
        id: z.string(),
        title: z.string(),
        owner: z.string().optional(),
        target: z.string().optional(),
        derived: status,
        declared: status.optional(),
        because: z.string(),
      }),
    )
    .readonly(),
  waivers: z
    .array(
      z.object({
        control: z.string(),
        subject: z.string(),
        reason: z.string(),
        approver: z.string(),
        expires: instant,
      }),
    )
    .readonly(),
  breakGlass: z
    .object({ reason: z.string(), persons: z.array(z.string()).readonly(), expires: instant })
    .optional()
    .describe('Set while a break-glass is in force. The verdict stays NO-GO.'),
  notes: z.array(z.string()).readonly().optional().describe('Told, not blocking.'),
  inputs: z.array(digest).readonly().optional().describe('Statements of the ledger that the decision rests on.'),
});

/** JSON Schema (2020-12) of `launchgate check --format json`. */
export function checkReportJsonSchema(): object {
  return published(checkReportSchema, 'check-report', 'Launchgate check report');
}

/** JSON Schema (2020-12) of `launchgate gate --format json`. */
export function decisionJsonSchema(): object {
  return published(decisionSchema, 'decision', 'Launchgate decision');
}

export function published(schema: z.ZodType, name: string, title: string): object {
  // As an input: a reader of today accepts the members that a later minor version adds.
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return { $schema, $id: `https://launchgate.dev/schemas/${name}.schema.json`, title, ...rest };
}

/** A shape with every member, at every depth: an optional member that one side lacks is then a type error. */
type Whole<T> = T extends readonly (infer Item)[]
  ? Whole<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Whole<Exclude<T[Key], undefined>> }
    : T;

type Published<T extends CheckReport> = Omit<T, 'deployables'> & {
  deployables: readonly Pick<Deployable, keyof z.infer<typeof deployable>>[];
};

type Same<A, B> = [A, B] extends [B, A] ? true : never;

({ check: true, decision: true }) satisfies {
  check: Same<Whole<Published<CheckReport>>, Whole<Omit<z.infer<typeof checkReportSchema>, 'verdict'>>>;
  decision: Same<Whole<Decision>, Whole<z.infer<typeof decisionSchema>>>;
};
