import type { Trust } from '../gate/trust.ts';
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

/** Reads the ledger and finds who the key belongs to. Throws `refused` for a key that the policy enrols for no person. */
export async function openDesk(project: Project, env: Environment, key: string): Promise<Desk> {
  const { ledger, trust } = await readTrust(project, env);
  const signer = await signerFor(env, key);
  const owner = trust.policy.policy.keys.find(({ id }) => id === signer.keyId)?.owner;
  if (owner?.startsWith('person/') !== true) {
    throw new LaunchgateError(
      'refused',
      `key ${key} (${signer.keyId}) belongs to no person of policy version ${trust.policy.policy.version}`,
      {
        next: 'Have the owners enrol it: "launchgate policy show", add it under keys, "launchgate policy propose".',
      },
    );
  }
  return { project, env, ledger, trust, signer, person: owner.slice('person/'.length) };
}

/** Signs a statement as this person and records it. */
export function act(desk: Desk, statement: Statement): Promise<Recorded> {
  return record(desk.project, desk.env, statement, [desk.signer]);
}

/** Signs what somebody else signed before, by its digest or an unmistakable beginning of it: the same statement, one signature more. */
export async function approve(
  desk: Desk,
  digest: string,
  predicateType: string,
): Promise<{ readonly recorded: Recorded; readonly statement: Statement }> {
  const proposed = desk.ledger.entries.filter((entry) => entry.statement.predicateType === predicateType);
  const { statement } = findEntry(proposed, digest, predicateType.split('/').at(-2));
  return { recorded: await act(desk, statement), statement };
}
