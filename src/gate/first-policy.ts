import { sha256 } from '../model/digest.ts';
import { policySchema, type Policy } from '../model/policy.ts';

/** Who starts a policy, with the key that will sign the first acts. */
export interface Founder {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  /** Raw Ed25519 public key. */
  readonly publicKey: Uint8Array;
}

/**
 * The first policy of a team of one: safe rather than convenient. Its founder may record drills and reports and own the
 * policy; nobody else may do anything, and what needs a second person (a waiver, a break-glass, the launch's sign-offs)
 * stays closed until the policy names one.
 */
export function firstPolicy(founder: Founder, verifierId: string): Policy {
  const { id, name, email, publicKey } = founder;
  const signers = { roles: ['operator'] };
  return policySchema.parse({
    apiVersion: 'launchgate/v1',
    kind: 'Policy',
    version: 1,
    verifier: { id: verifierId },
    people: [{ id, name, ...(email === undefined ? {} : { email }), roles: ['operator'] }],
    keys: [{ id: sha256(publicKey), publicKey: Buffer.from(publicKey).toString('base64'), owner: `person/${id}` }],
    owners: { persons: [id], quorum: 1 },
    authorities: [
      { predicate: 'drill', signers },
      { predicate: 'scan', signers },
      { predicate: 'attachment', signers },
      { predicate: 'testResult', signers },
      { predicate: 'baseline', signers },
      { predicate: 'verificationSummary', signers },
    ],
  });
}
