import { z } from 'zod';
import type { Digest } from '../model/digest.ts';
import { parseDuration, type Duration } from '../model/duration.ts';
import { PREDICATE, type Envelope } from '../model/evidence.ts';
import type { VerifyWith } from './keys.ts';
import { levelOf, VSA_FIELD } from './vsa.ts';

/** What the verifier expects. Nothing of it is read from the decision. */
export interface Expectation {
  readonly gate: string;
  readonly environment: string;
  /** Digest of the candidate that is about to be deployed … */
  readonly candidate?: Digest;
  /** … or the digests of its images; all must have been decided about. At least one of the two is needed. */
  readonly images?: readonly Digest[];
  readonly policyRoot: Digest;
  /** Raw Ed25519 public keys, any one of which must have signed. */
  readonly signers: readonly Uint8Array[];
  readonly maxAge: Duration;
  readonly now: Date;
  /** Smallest ledger it may rest on: the size that was pinned. */
  readonly minLedgerSize: number;
  readonly minPolicyVersion?: number;
  /** The environment whose evidence may have been let serve by whoever decided; none by default. */
  readonly from?: string;
  /** Takes a decision that believed pinned renders. Off by default. */
  readonly acceptPins?: boolean;
  /** Lets a FAILED decision through while the break-glass it records is in force. Off by default. */
  readonly acceptBreakGlass?: boolean;
}

export type Verification =
  | { readonly holds: true; readonly by: 'verdict' | 'break-glass'; readonly at: string; readonly summary: string }
  | { readonly holds: false; readonly reasons: readonly [string, ...string[]] };

const digestMap = z.record(z.string(), z.string());
const summarySchema = z.looseObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.looseObject({ digest: digestMap })).min(1),
  predicateType: z.literal(PREDICATE.verificationSummary),
  predicate: z.looseObject({
    timeVerified: z.iso.datetime({ offset: true }),
    verificationResult: z.enum(['PASSED', 'FAILED']),
    verifiedLevels: z.array(z.string()),
    [VSA_FIELD.gate]: z.string(),
    [VSA_FIELD.environment]: z.string(),
    [VSA_FIELD.candidate]: z.string(),
    [VSA_FIELD.policy]: z.looseObject({ version: z.int(), root: z.string() }),
    [VSA_FIELD.choices]: z
      .strictObject({ from: z.string().optional(), pinnedRenders: z.boolean().optional() })
      .optional(),
    [VSA_FIELD.ledger]: z.looseObject({ size: z.int().min(0) }),
    [VSA_FIELD.exceptions]: z.looseObject({ until: z.iso.datetime({ offset: true }).optional() }).optional(),
    [VSA_FIELD.breakGlass]: z.looseObject({ expires: z.iso.datetime({ offset: true }) }).optional(),
  }),
});
type Summary = z.infer<typeof summarySchema>;

/** Clocks of decider and verifier may differ by so much. */
const SKEW = 5 * 60_000;

/** Checks a signed decision against what is expected of it, offline. Every mismatch is named. */
export function verifyDecision(envelope: Envelope, expected: Expectation, verifyWith: VerifyWith): Verification {
  const unfit = expectationFault(expected);
  if (unfit !== undefined) return refused(unfit);
  if (envelope.signatures.length === 0) return refused('the decision is not signed; a replay never is');
  if (!expected.signers.some((key) => verifyWith(envelope, key))) {
    return refused('none of the expected signers signed the decision');
  }
  const summary = readSummary(envelope);
  if (typeof summary === 'string') return refused(summary);
  const [first, ...rest] = [...mismatches(summary, expected), ...staleness(summary, expected)];
  if (first !== undefined) return refused(first, ...rest);
  return verdictOf(summary, expected);
}

function expectationFault({ candidate, images, signers, maxAge }: Expectation): string | undefined {
  if (candidate === undefined && (images ?? []).length === 0)
    return 'no candidate and no image was given to verify for';
  if (signers.length === 0) return 'no signer was given to verify against';
  return parseDuration(maxAge) === undefined ? `${maxAge} is not a duration such as 24h` : undefined;
}

function readSummary(envelope: Envelope): Summary | string {
  if (envelope.payloadType !== 'application/vnd.in-toto+json') return `its payload is ${envelope.payloadType}`;
  try {
    const parsed = summarySchema.safeParse(JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')));
    if (parsed.success) return parsed.data;
    return `it is no decision of Launchgate: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`;
  } catch {
    return 'its payload is not JSON';
  }
}

function* mismatches({ subject, predicate }: Summary, expected: Expectation): Generator<string> {
  const { gate, environment, candidate, images, policyRoot, minPolicyVersion, minLedgerSize } = expected;
  const said = {
    gate: predicate[VSA_FIELD.gate],
    environment: predicate[VSA_FIELD.environment],
    candidate: predicate[VSA_FIELD.candidate],
    policy: predicate[VSA_FIELD.policy],
    ledger: predicate[VSA_FIELD.ledger],
  };
  if (said.gate !== gate) yield `it decides gate ${said.gate}, not ${gate}`;
  if (said.environment !== environment) yield `it holds for environment ${said.environment}, not ${environment}`;
  if (candidate !== undefined && said.candidate !== candidate) {
    yield `it is about candidate ${said.candidate}, not ${candidate}`;
  }
  const decided = new Set(subject.flatMap(({ digest }) => digest['sha256'] ?? []).map((hex) => `sha256:${hex}`));
  for (const image of images ?? []) if (!decided.has(image)) yield `it was never decided about image ${image}`;
  if (said.policy.root !== policyRoot) yield `it rests on policy root ${said.policy.root}, not ${policyRoot}`;
  if (minPolicyVersion !== undefined && said.policy.version < minPolicyVersion) {
    yield `it was made under policy version ${said.policy.version}, expected ${minPolicyVersion} or later`;
  }
  if (said.ledger.size < minLedgerSize) {
    yield `it rests on a ledger of ${said.ledger.size} entries, the pinned one has ${minLedgerSize}: rolled back or replayed`;
  }
  yield* unexpectedChoices(predicate[VSA_FIELD.choices] ?? {}, expected);
}

/** The policy did not make these choices, so whoever relies on the decision must have. */
function* unexpectedChoices(
  { from, pinnedRenders }: NonNullable<Summary['predicate'][typeof VSA_FIELD.choices]>,
  expected: Expectation,
): Generator<string> {
  if (from !== expected.from) {
    const chosen = from === undefined ? 'no evidence from an environment of its choice' : `evidence from ${from}`;
    yield `it takes ${chosen}, expected ${expected.from === undefined ? 'none but what the policy allows' : `evidence from ${expected.from}`}`;
  }
  if (pinnedRenders === true && expected.acceptPins !== true) {
    yield 'it believes renders that the repository brings along, which is not accepted here';
  }
}

function* staleness({ predicate: { timeVerified } }: Summary, { maxAge, now }: Expectation): Generator<string> {
  const age = now.getTime() - Date.parse(timeVerified);
  if (age < -SKEW) yield `it claims a time in the future, ${timeVerified}`;
  const most = (parseDuration(maxAge) ?? 0) * 1000;
  if (age > most) yield `it was decided at ${timeVerified}, more than ${maxAge} ago`;
}

function verdictOf({ predicate }: Summary, { gate, environment, now, acceptBreakGlass }: Expectation): Verification {
  const at = predicate.timeVerified;
  if (predicate.verificationResult === 'PASSED') {
    const until = predicate[VSA_FIELD.exceptions]?.until;
    if (until !== undefined && now.getTime() >= Date.parse(until))
      return refused(`it rests on a waiver or an exclusion that expired at ${until}`);
    if (!predicate.verifiedLevels.includes(levelOf(gate))) return refused(`it does not grant ${levelOf(gate)}`);
    return { holds: true, by: 'verdict', at, summary: `GO of ${gate} for ${environment}, decided at ${at}` };
  }
  const glass = predicate[VSA_FIELD.breakGlass];
  if (glass === undefined) return refused('its verdict is NO-GO');
  if (acceptBreakGlass !== true)
    return refused('its verdict is NO-GO; a break-glass is recorded and not accepted here');
  if (now.getTime() >= Date.parse(glass.expires)) return refused(`its break-glass expired at ${glass.expires}`);
  const summary = `NO-GO of ${gate} for ${environment}, passed by break-glass until ${glass.expires}`;
  return { holds: true, by: 'break-glass', at, summary };
}

function refused(first: string, ...rest: string[]): Verification {
  return { holds: false, reasons: [first, ...rest] };
}
