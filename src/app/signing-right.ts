import { unauthorised } from '../gate/authority.ts';
import { whyEnded, type Trust } from '../gate/trust.ts';
import type { Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Signer, Statement } from '../model/evidence.ts';
import type { Policy } from '../model/policy.ts';

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

/** Throws `usage` for the id of a key that was never enrolled: its end would end nothing, and the key that was meant would stay in force. */
export function demandEnrolled({ keys, versions }: Trust, key: Digest): void {
  const isListed = versions.some(({ policy }) => policy.keys.some(({ id }) => id === key));
  if (isListed || keys.ownerOf(key) !== undefined) return;
  throw new LaunchgateError('usage', `no key ${key} is or was enrolled`, {
    next: 'Take its id from "launchgate policy show".',
  });
}
