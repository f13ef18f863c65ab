/** What the log beside a project says of a signed decision that holds by itself. */
import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { checkpointPin } from '../adapters/pins.ts';
import { walkLedger, whyEnded, type Trust } from '../gate/trust.ts';
import { VSA_FIELD } from '../gate/vsa.ts';
import { parseCheckpoint } from '../ledger/checkpoint.ts';
import { envelopeDigest, statementOf, verifyWith } from '../ledger/envelope.ts';
import { CHECKPOINT_FILE } from '../ledger/layout.ts';
import { sha256 } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { PREDICATE, type Envelope, type Statement } from '../model/evidence.ts';
import { homeFolder } from './home.ts';
import { ledgerFolder, readLedger, type LedgerView } from './ledger.ts';
import type { Project } from './project.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The ledger beside the project, as far as this machine can judge it; `undefined` where there is none or nothing is pinned. One that was here
 * and is gone, or is there in part, is an error: whoever took it away took away what speaks against a decision. `isSizeGiven`: the verifier
 * says by themself what the decision must rest on, and so needs no ledger.
 */
export async function logHere(
  project: Project,
  env: Environment,
  isSizeGiven: boolean,
): Promise<LedgerView | undefined> {
  const folder = dirname(join(ledgerFolder(project), CHECKPOINT_FILE));
  const isAbsent = lstatSync(folder, { throwIfNoEntry: false }) === undefined;
  if (isAbsent && (isSizeGiven || (await lastSeenSize(project, env)) === 0)) return undefined;
  try {
    return await readLedger(project, env);
  } catch (error) {
    if (error instanceof LaunchgateError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** Size of the log when this machine last saw it, 0 where it never did. */
export async function lastSeenSize(project: Project, env: Environment): Promise<number> {
  const seen = await checkpointPin(homeFolder(env), ledgerFolder(project)).read();
  return seen === undefined ? 0 : parseCheckpoint(seen, 'pin').size;
}

/** All that the log says against a decision that holds otherwise. Throws `ledger-unreadable` where the log is too short to tell. */
export async function faultsByLog(
  envelope: Envelope,
  signers: readonly Uint8Array[],
  log: LedgerView,
): Promise<string[]> {
  const trust = walkLedger(log.entries, log.pinned.policyRoot, verifyWith);
  return [
    ...faultsOfSigners(envelope, signers, log, trust),
    ...(await faultsOfTree(envelope, log)),
    ...faultOfAge(envelope, signers, log, trust),
  ];
}

/**
 * Whether the log ended the keys of all expected signers that signed a decision, and how: with a stolen key anybody signs what they like.
 * What the log recorded before the end was signed before it, and still holds.
 */
function faultsOfSigners(envelope: Envelope, signers: readonly Uint8Array[], log: LedgerView, trust: Trust): string[] {
  const signed = signers.filter((key) => verifyWith(envelope, key)).map((key) => sha256(key));
  const ended = signed.flatMap((id) => whyEnded(trust, id) ?? []);
  const [first] = ended;
  if (first === undefined || ended.length < signed.length) return [];
  const recorded = log.entries.find(({ digest }) => digest === envelopeDigest(envelope))?.index ?? Infinity;
  const lasted = signed.some(
    (id) => recorded <= Math.min(trust.keys.revokedAt(id) ?? Infinity, trust.keys.notAfter(id) ?? Infinity),
  );
  return recorded < Infinity && lasted ? [] : [`what its signer's key signs counts for nothing: ${first}`];
}

/**
 * Holds a signed decision against the log: the tree that it names must be this log as it was then, and must hold everything that
 * had been sequenced when it was decided. Of a tree that is larger than this log nobody can tell: a fork may have any size.
 */
async function faultsOfTree(envelope: Envelope, log: LedgerView): Promise<string[]> {
  const predicate = predicateOf(statementOf(envelope, 'decision'));
  const { size, root } = predicate[VSA_FIELD.ledger] as { size: number; root: string };
  const decidedAt = timeOf(predicate);
  if (size > log.size)
    throw new LaunchgateError(
      'ledger-unreadable',
      `the decision rests on a ledger of ${size} entries, and the one here has ${log.size}: nobody can tell whether it is the same`,
      { next: 'Bring the ledger here up to date, then verify again.' },
    );
  if ((await log.rootAt(size)) !== root)
    return [`it rests on another log than this one of ${log.size} entries: forked`];
  const missed = log.entries.slice(size).filter(({ sequencedAt }) => Date.parse(sequencedAt) < decidedAt);
  return missed.length === 0
    ? []
    : [
        `it was decided at ${String(predicate['timeVerified'])} on ${size} entries, and the log held ${size + missed.length} by then: rolled back`,
      ];
}

/** A GO that was followed by a NO-GO about the same: of those who may decide, and of the expected signers, the newest word counts. */
function faultOfAge(
  envelope: Envelope,
  signers: readonly Uint8Array[],
  log: LedgerView,
  { evidence }: Trust,
): string[] {
  const decision = predicateOf(statementOf(envelope, 'decision'));
  const taken = new Set(evidence.map(({ digest }) => digest));
  const [newest] = log.entries
    .filter(({ statement }) => statement.predicateType === PREDICATE.verificationSummary)
    .filter(({ digest, envelope: other }) => taken.has(digest) || signers.some((key) => verifyWith(other, key)))
    .map(({ index, statement }) => ({ index, said: predicateOf(statement) }))
    .filter(({ said }) => isDeepStrictEqual(matterOf(said), matterOf(decision)) && timeOf(said) > timeOf(decision))
    .sort((a, b) => timeOf(b.said) - timeOf(a.said) || b.index - a.index);
  return decision['verificationResult'] !== 'PASSED' || newest?.said['verificationResult'] !== 'FAILED'
    ? []
    : [
        `it was followed by a NO-GO about the same candidate, of ${String(newest.said['timeVerified'])} (entry ${newest.index})`,
      ];
}

type Predicate = Readonly<Record<string, unknown>>;

function predicateOf({ predicate }: Statement): Predicate {
  return typeof predicate === 'object' && predicate !== null ? (predicate as Predicate) : {};
}

function timeOf(decision: Predicate): number {
  return Date.parse(String(decision['timeVerified']));
}

/** What is decided, by which choices. */
function matterOf(decision: Predicate): readonly unknown[] {
  const { gate, environment, candidate, choices } = VSA_FIELD;
  return [gate, environment, candidate, choices].map((field) => decision[field]);
}
