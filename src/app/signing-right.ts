import { unauthorised } from '../gate/authority.ts';
import { whyEnded, type Trust } from '../gate/trust.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Signer, Statement } from '../model/evidence.ts';
import type { Policy } from '../model/policy.ts';
import type { Project } from './project.ts';
import { readTrust } from './trust.ts';

/** Why the policy refuses a statement that this key signs; `undefined` where it takes it. */
export function mayNotSign(policy: Policy, { keyId }: Signer, statement: Statement): string | undefined {
  const owner = policy.keys.find(({ id }) => id === keyId)?.owner;
  if (owner === undefined)
    return `the policy does not know the key ${keyId}; its owners enrol it with "launchgate policy propose"`;
  return unauthorised(policy, statement, [{ key: keyId, owner }]);
}

/** As `mayNotSign`, and by what the log says of the key: it may be revoked, or have ended. */
export function mayNotSignNow(trust: Trust, signer: Signer, statement: Statement): string | undefined {
  const ended = whyEnded(trust, signer.keyId);
  if (ended !== undefined) return `what the key ${signer.keyId} signs counts for nothing, since ${ended}`;
  const owner = trust.keys.ownerOf(signer.keyId);
  if (owner === undefined) return mayNotSign(trust.policy.policy, signer, statement);
  return unauthorised(trust.policy.policy, statement, [{ key: signer.keyId, owner }]);
}

/** As `mayNotSignNow`, by the ledger here; `undefined` as well where none can be read, which is for the sequencer's side to judge. */
export async function mayNotSignHere(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
  signer: Signer,
  statement: Statement,
): Promise<string | undefined> {
  try {
    const { trust } = await readTrust(project, env);
    return mayNotSignNow(trust, signer, statement);
  } catch (error) {
    if (error instanceof LaunchgateError) return undefined;
    throw error;
  }
}
