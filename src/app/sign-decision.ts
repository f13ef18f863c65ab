import { summaryStatement, signableSummary, type Verifier } from '../gate/vsa.ts';
import { baselineStatement } from '../gate/statements.ts';
import { baselineFacts } from '../gate/baseline.ts';
import { encodeEnvelope, signStatement } from '../ledger/envelope.ts';
import { recordAll, signerFor } from './acts.ts';
import type { Decided } from './decide.ts';
import type { Project } from './project.ts';
import { mayNotSignNow } from './signing-right.ts';
import { version } from './version.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface SignedDecision {
  readonly bytes: Uint8Array;
  /** Why the log refuses its record: no later candidate is then held to what it demanded. */
  readonly unauthorised?: string;
}

/**
 * Signs the decision as a Verification Summary, records it, and after a GO records what was demanded, so that a later candidate
 * that demands less is noticed. Throws `refused` for a replay.
 */
export async function signDecision(
  project: Project,
  env: Environment,
  { decision, input, trust }: Decided,
  key: string,
): Promise<SignedDecision> {
  const verifier: Verifier = { id: trust.policy.policy.verifier.id, version };
  signableSummary(decision, verifier);
  const signer = await signerFor(env, key);
  const summary = await signStatement(summaryStatement(decision, verifier), [signer]);
  const baseline =
    decision.verdict === 'GO' ? [await signStatement(baselineStatement(decision, baselineFacts(input)), [signer])] : [];
  await recordAll(project, env, [summary, ...baseline]);
  const because = mayNotSignNow(trust, signer, summaryStatement(decision, verifier));
  return { bytes: encodeEnvelope(summary), ...(because === undefined ? {} : { unauthorised: because }) };
}
