import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointPin } from '../adapters/pins.ts';
import { walkLedger, whyEnded } from '../gate/trust.ts';
import { VSA_FIELD } from '../gate/vsa.ts';
import { parseCheckpoint } from '../ledger/checkpoint.ts';
import { envelopeDigest, statementOf, verifyWith } from '../ledger/envelope.ts';
import { sha256 } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Envelope } from '../model/evidence.ts';
import { homeFolder } from './home.ts';
import { ledgerFolder, readLedger, type LedgerView } from './ledger.ts';
import type { Project } from './project.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The ledger beside the project, as far as this machine can judge it; `undefined` where there is none or nothing is pinned. */
export async function logHere(project: Project, env: Environment): Promise<LedgerView | undefined> {
  if (!existsSync(join(ledgerFolder(project), 'ledger', 'checkpoint'))) return undefined;
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

/**
 * Whether the log ended the keys of all expected signers that signed a decision, and how: with a stolen key anybody signs what they like.
 * What the log recorded before the end was signed before it, and still holds.
 */
export function faultsOfSigners(envelope: Envelope, signers: readonly Uint8Array[], log: LedgerView): string[] {
  const trust = walkLedger(log.entries, log.pinned.policyRoot, verifyWith);
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
 * had been sequenced when it was decided. Entries of later, its own record among them, do not speak against it; its age is bounded
 * apart. A log that is shorter than the decision's cannot tell.
 */
export async function faultsOfLog(envelope: Envelope, log: LedgerView): Promise<string[]> {
  const predicate = statementOf(envelope, 'decision').predicate as Readonly<Record<string, unknown>>;
  const { size, root } = predicate[VSA_FIELD.ledger] as { size: number; root: string };
  const decidedAt = Date.parse(String(predicate['timeVerified']));
  if (size > log.size) return [];
  if ((await log.rootAt(size)) !== root)
    return [`it rests on another log than this one of ${log.size} entries: forked`];
  const missed = log.entries.slice(size).filter(({ sequencedAt }) => Date.parse(sequencedAt) < decidedAt);
  return missed.length === 0
    ? []
    : [
        `it was decided at ${String(predicate['timeVerified'])} on ${size} entries, and the log held ${size + missed.length} by then: rolled back`,
      ];
}
