import { isDeepStrictEqual } from 'node:util';
import { publicLaunch } from '../gate/gates.ts';
import { ageInWords } from '../gate/half-state.ts';
import { memberOf } from '../gate/input.ts';
import type { Trust } from '../gate/trust.ts';
import type { AcceptableEvidence } from '../model/control.ts';
import type { Digest } from '../model/digest.ts';
import { seconds } from '../model/duration.ts';
import { PREDICATE, type EvidenceScope, type ScanPredicate, type Signer, type Statement } from '../model/evidence.ts';
import type { Result } from '../model/result.ts';
import type { Recorded } from './acts.ts';
import type { Asked } from './asked.ts';
import { mayNotSignNow } from './signing-right.ts';

/** What became of evidence that was weighed before a gate is asked. */
export interface Worth {
  /** Why no gate takes it, whatever else is on record. */
  readonly refused?: string;
  /** What to do where it looked at nothing, or is not whole: it proves nothing, and holds nothing against anything either. */
  readonly empty?: string;
  /** What the control says by it alone, a line for each thing said. */
  readonly says: readonly string[];
}

/** What evidence that was recorded is worth: whether anything can come of it, and what the control says by it alone. */
export function worthOf(
  asked: Asked,
  statement: Statement,
  { recorded, signer, trust, now }: { recorded: Recorded; signer: Signer; trust: Trust | undefined; now: Date },
): Worth {
  const { control } = asked;
  const { id, halves } = control.meta;
  const scope = statement.predicate as EvidenceScope;
  const refuse = (refused: string): Worth => ({ refused, says: [] });
  const keyFault = trust === undefined ? undefined : mayNotSignNow(trust, signer, statement);
  if (keyFault !== undefined) return refuse(`${keyFault}. Name another key with --key`);
  if (control.accept === undefined) {
    const because = `${id} is proven by its ${halves.join(' and ')}, and takes no evidence from outside`;
    // A document is worth keeping for those who read it: an audit trail, the minutes of an incident.
    return statement.predicateType === PREDICATE.attachment
      ? { says: [`It is on record for whoever reads it; no gate judges by it: ${because}.`] }
      : refuse(because);
  }
  const age = now.getTime() - Date.parse(scope.finishedAt);
  const oldest = oldestTaken(asked, trust);
  if (age > oldest) return refuse(`it is ${ageInWords(age)} old, and at most ${ageInWords(oldest)} are allowed`);
  const subjects = scope.subject === undefined ? asked.subjects : [scope.subject];
  if (subjects.length === 0)
    return asked.isWhole ? refuse(`${id} has nothing to hold for in ${asked.environment}`) : { says: [] };
  const evidence = acceptable(statement, recorded.digest, now);
  const results = subjects.map((subject) => ({
    subject,
    without: judged(control, subject, [], now),
    result: judged(control, subject, [evidence], now),
  }));
  const telling = results.filter(({ without, result }) => !isDeepStrictEqual(without, result));
  const [silent] = results;
  if (telling.length === 0 && silent?.result !== undefined)
    return refuse(`${id} judges nothing by it: ${saidBy(silent.result)}`);
  const isVain = results.every(({ result }) => result?.outcome === 'inconclusive');
  const empty = isVain ? emptiness(statement) : undefined;
  return { ...(empty === undefined ? {} : { empty }), says: [...told(id, telling), ...elsewhere(asked, evidence)] };
}

function judged(
  { accept }: Asked['control'],
  subject: string,
  evidence: readonly AcceptableEvidence[],
  now: Date,
): Result | undefined {
  try {
    return accept?.(subject, evidence, now);
  } catch (cause) {
    return { outcome: 'error', cause };
  }
}

function emptiness({ predicateType, predicate }: Statement): string | undefined {
  if (predicateType !== PREDICATE.scan) return undefined;
  const { scope, format, incomplete, shard } = predicate as ScanPredicate;
  // More shards than files leave some of them without a test.
  if (scope > 0 || (shard !== undefined && incomplete === undefined)) return undefined;
  return format === 'sarif' && incomplete === undefined
    ? 'add the CycloneDX report of Trivy, Grype or Snyk, whose SARIF has no rule where nothing is found; of other tools, see why no rule was applied'
    : 'see why, and add the report of a run that looked at something';
}

/** The greatest age at which some gate takes it: the policy's own, or one that comes with Launchgate. */
function oldestTaken({ control, environment }: Asked, trust: Trust | undefined): number {
  const gates = [publicLaunch({ environment }), ...(trust?.policy.policy.gates ?? [])];
  const ages = gates.map(({ maxAge }) => memberOf(maxAge.controls, control.meta.id) ?? maxAge.accept);
  return Math.max(...ages.map((age) => seconds(age) * 1000));
}

function acceptable({ predicateType, predicate, subject }: Statement, digest: Digest, now: Date): AcceptableEvidence {
  const at = Math.min(Date.parse((predicate as EvidenceScope).finishedAt), now.getTime());
  const subjects = subject.flatMap(({ digest: { sha256 } }): Digest[] =>
    sha256 === undefined ? [] : [`sha256:${sha256}`],
  );
  return { digest, predicateType, predicate, subjects, at: new Date(at) };
}

/** One line for all subjects of which the same is said. */
function told(id: string, results: readonly { subject: string; result: Result | undefined }[]): string[] {
  const lines = results.flatMap(({ subject, result }) =>
    result === undefined ? [] : [{ subject, line: `${result.outcome}, ${saidBy(result)}` }],
  );
  return [...Map.groupBy(lines, ({ line }) => line)].map(([line, alike]) => {
    const [first] = alike;
    const about = alike.length === 1 ? first?.subject : `${alike.length} subjects`;
    return `${id} says by it alone, for ${about}: ${line}`;
  });
}

function saidBy(result: Result): string {
  switch (result.outcome) {
    case 'pass':
      return result.witness.summary;
    case 'fail': {
      const more = result.findings.length - 1;
      return `${result.findings[0].message}${more > 0 ? ` (and ${more} more)` : ''}`;
    }
    case 'inconclusive':
      return result.because;
    case 'error':
      return result.cause instanceof Error ? result.cause.message : String(result.cause);
  }
}

/** A report about images of which none runs counts for no candidate of what is checked out; it may be for the next. */
function elsewhere({ images, environment }: Asked, { predicateType, subjects }: AcceptableEvidence): string[] {
  const [first] = subjects;
  if (images === undefined || predicateType !== PREDICATE.scan || first === undefined) return [];
  if (subjects.some((digest) => images.has(digest))) return [];
  return [
    `it is about ${first}, which ${environment} does not run as it is checked out: it counts for a commit that does`,
  ];
}
