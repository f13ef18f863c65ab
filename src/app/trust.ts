import { walkLedger, type Trust } from '../gate/trust.ts';
import { verifyWith } from '../ledger/envelope.ts';
import { LaunchgateError } from '../model/errors.ts';
import { readLedger, type LedgerView } from './ledger.ts';
import type { Project } from './project.ts';

/** The ledger and what it proves from the pinned policy root. */
export async function readTrust(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ ledger: LedgerView; trust: Trust }> {
  const ledger = await readLedger(project, env);
  return { ledger, trust: walkLedger(ledger.entries, ledger.pinned.policyRoot, verifyWith) };
}

/** As {@link readTrust}; `undefined` where no ledger can be read here, which is for the sequencer's side to judge. */
export async function trustHere(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Trust | undefined> {
  try {
    return (await readTrust(project, env)).trust;
  } catch (error) {
    if (error instanceof LaunchgateError) return undefined;
    throw error;
  }
}
