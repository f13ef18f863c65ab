import { predicateMistake } from '../gate/predicates.ts';
import { walkLedger, whyEnded, type Trust } from '../gate/trust.ts';
import { canonicalJson } from '../model/digest.ts';
import { signStatement, verifyWith } from '../ledger/envelope.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Signer, Statement } from '../model/evidence.ts';
import { recordAll, signerFor, type Recorded } from './acts.ts';
import { findEntry } from './find-entry.ts';
import type { LedgerView } from './ledger.ts';
import type { Project } from './project.ts';
import { readTrust } from './trust.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A person at work: the ledger as it stands, what it proves, and the key they sign with. */
export interface Desk {
  readonly project: Project;
  readonly env: Environment;
  readonly ledger: LedgerView;
  readonly trust: Trust;
  readonly signer: Signer;
  /** Id of the person in the policy in force. */
  readonly person: string;
  readonly show: ShowStatement;
}

/** Shows the person what is about to be signed. Whatever is signed at a desk was shown before. */
export type ShowStatement = (statement: Statement, desk: Desk) => void;

/** Reads the ledger and finds who the key belongs to. Throws `refused` for a key that belongs to no person, or to one no more. */
export async function openDesk(project: Project, env: Environment, key: string, show: ShowStatement): Promise<Desk> {
  const { ledger, trust } = await readTrust(project, env);
  const signer = await signerFor(env, key);
  const ended = whyEnded(trust, signer.keyId);
  if (ended !== undefined)
    throw new LaunchgateError('refused', `what key ${key} (${signer.keyId}) signs counts for nothing: ${ended}`, {
      next: 'Sign with another key, or make one with "launchgate policy key" and have the owners enrol it.',
    });
  const owner = trust.keys.ownerOf(signer.keyId);
  const person = trust.policy.policy.people.find(({ id }) => owner === `person/${id}`)?.id;
  if (person === undefined) {
    throw new LaunchgateError(
      'refused',
      `key ${key} (${signer.keyId}) belongs to no person of policy version ${trust.policy.policy.version}`,
      {
        next: 'Have the owners enrol it: "launchgate policy show", add it under keys, "launchgate policy propose".',
      },
    );
  }
  return { project, env, ledger, trust, signer, person, show };
}

/** An act that was recorded, and what the log proves with it. */
export interface Acted extends Recorded {
  readonly trust: Trust;
  /** Why the log takes it for nothing: the person may not do this, or it follows from nothing that is in force. */
  readonly refused?: string;
}

/** Shows a statement, signs it as this person, records it, and tells what becomes of it in the log. */
export async function act(desk: Desk, statement: Statement): Promise<Acted> {
  const { project, env, ledger, signer } = desk;
  desk.show(statement, desk);
  const envelope = await signStatement(statement, [signer]);
  const [recorded] = await recordAll(project, env, [envelope]);
  if (recorded === undefined) throw new RangeError('one envelope was given, and none was recorded');
  const { digest, index = ledger.size } = recorded;
  const entry = { index, digest, envelope, statement, sequencedAt: new Date().toISOString() };
  const trust = walkLedger([...ledger.entries.slice(0, index), entry], ledger.pinned.policyRoot, verifyWith);
  const refused = trust.rejected.find((one) => one.digest === digest)?.because;
  return { ...recorded, trust, ...(refused === undefined ? {} : { refused }) };
}

/**
 * What somebody else signed before, by its digest or an unmistakable beginning of it, for one signature more: the same statement. The
 * first of the predicate types gives the word for what is looked for.
 */
export function offered(
  { ledger }: Desk,
  digest: string,
  ...predicateTypes: readonly [string, ...string[]]
): Statement {
  const proposed = ledger.entries.filter((entry) => predicateTypes.includes(entry.statement.predicateType));
  const { statement } = findEntry(proposed, digest, predicateTypes[0].split('/').at(-2));
  const mistake = mistakeIn(statement);
  if (mistake === undefined) return statement;
  throw new LaunchgateError('evidence-invalid', `nobody can sign ${digest}: ${mistake}`, {
    next: 'Ask whoever proposed it to propose it again.',
  });
}

/** Anybody can have a statement logged; a person does not sign what no gate could read. */
function mistakeIn({ predicateType, predicate }: Statement): string | undefined {
  const mistake = predicateMistake(predicateType, predicate);
  if (mistake !== undefined) return `its predicate is malformed: ${mistake}`;
  try {
    canonicalJson(predicate);
    return undefined;
  } catch (error) {
    if (error instanceof TypeError) return 'it holds a number beyond all bounds';
    throw error;
  }
}
