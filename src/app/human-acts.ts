import { whyEnded, type Trust } from '../gate/trust.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Signer, Statement } from '../model/evidence.ts';
import { record, signerFor, type Recorded } from './acts.ts';
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
}

/** Reads the ledger and finds who the key belongs to. Throws `refused` for a key that belongs to no person, or to one no more. */
export async function openDesk(project: Project, env: Environment, key: string): Promise<Desk> {
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
  return { project, env, ledger, trust, signer, person };
}

/** Signs a statement as this person and records it. */
export function act(desk: Desk, statement: Statement): Promise<Recorded> {
  return record(desk.project, desk.env, statement, [desk.signer]);
}

/**
 * Signs what somebody else signed before, by its digest or an unmistakable beginning of it: the same statement, one signature more.
 * The first of the predicate types gives the word for what is looked for.
 */
export async function approve(
  desk: Desk,
  digest: string,
  ...predicateTypes: readonly [string, ...string[]]
): Promise<{ readonly recorded: Recorded; readonly statement: Statement }> {
  const proposed = desk.ledger.entries.filter((entry) => predicateTypes.includes(entry.statement.predicateType));
  const { statement } = findEntry(proposed, digest, predicateTypes[0].split('/').at(-2));
  return { recorded: await act(desk, statement), statement };
}
