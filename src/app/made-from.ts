import type { PolicyVersion } from '../gate/policy-chain.ts';
import { LaunchgateError } from '../model/errors.ts';

/**
 * Throws `policy-invalid` for a document that was made from another version than the one in force: what changed since would be taken back, and a
 * key that was taken out would be enrolled again. One that says neither `version` nor `previous` is a change of what is in force.
 */
export function demandMadeFrom(
  { policy, digest }: Pick<PolicyVersion, 'policy' | 'digest'>,
  { version, previous }: Readonly<Record<string, unknown>>,
  path: string,
): void {
  if (version === undefined && previous === undefined) return;
  const isShown = (version ?? policy.version) === policy.version && previous === policy.previous;
  const isNext = version === policy.version + 1 && (previous ?? policy.previous) === policy.previous;
  const isWritten = (version ?? policy.version + 1) === policy.version + 1 && previous === digest;
  if (isShown || isNext || isWritten) return;
  throw new LaunchgateError(
    'policy-invalid',
    `${path} is not made from policy version ${policy.version}, which is in force: what changed since would be taken back`,
    { next: 'Start from "launchgate policy show", or leave version and previous out of what only names the changes.' },
  );
}
