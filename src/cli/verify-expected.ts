/** What is expected of a file that is verified: from the command line, else what this machine pins. Never from the file. */
import { join, resolve } from 'node:path';
import { findProject } from '../app/project.ts';
import type { VerifierKey } from '../ledger/vkey.ts';
import type { Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Io } from './io.ts';

export interface ExpectationFlags {
  readonly policyRoot?: string;
  readonly signer?: string[];
  readonly minLedgerSize?: string;
  readonly proof?: string;
  readonly logKey?: string[];
  readonly witness?: string[];
  readonly platform?: string;
}

export async function expectedLog(flags: ExpectationFlags, io: Io): Promise<readonly VerifierKey[]> {
  const [{ readPin }, { ledgerFolder }, { parseVkey }] = await Promise.all([
    import('../app/home.ts'),
    import('../app/ledger.ts'),
    import('../ledger/vkey.ts'),
  ]);
  const keys = flags.logKey ?? readPin(io.env, ledgerFolder(findProject(io.cwd, undefined, flags.platform))).logKeys;
  return keys.map(parseVkey);
}

export async function expectedWitnesses({ witness = [], proof }: ExpectationFlags): Promise<readonly VerifierKey[]> {
  if (witness.length > 0 && proof === undefined)
    throw new LaunchgateError('usage', '--witness is for the checkpoint of a proof, and none was given', {
      next: 'Name the proof with --proof.',
    });
  const { parseVkey } = await import('../ledger/vkey.ts');
  const keys = witness.map(parseVkey);
  const other = keys.find(({ algorithm }) => algorithm !== 'cosignature-v1');
  if (other === undefined) return keys;
  throw new LaunchgateError('usage', `the key of ${other.name} is for ${other.algorithm}, expected cosignature/v1`, {
    next: 'Copy the key that the witness publishes for its cosignatures.',
  });
}

export async function expectedSigners(flags: ExpectationFlags, io: Io): Promise<Uint8Array[]> {
  const [{ keyFolder }, { readPublicKey }] = await Promise.all([
    import('../app/home.ts'),
    import('../adapters/keys.ts'),
  ]);
  return flags.signer === undefined
    ? [readPublicKey(join(keyFolder(io.env), 'default.pub'))]
    : flags.signer.map((file) => readPublicKey(resolve(io.cwd, file)));
}

export async function pinnedExpectation(
  flags: ExpectationFlags,
  io: Io,
): Promise<{ policyRoot: Digest; signers: readonly Uint8Array[]; minLedgerSize: number }> {
  const [{ readPin }, { ledgerFolder }] = await Promise.all([import('../app/home.ts'), import('../app/ledger.ts')]);
  const project = findProject(io.cwd, undefined, flags.platform);
  const policyRoot = (flags.policyRoot as Digest | undefined) ?? readPin(io.env, ledgerFolder(project)).policyRoot;
  const minLedgerSize = flags.minLedgerSize === undefined ? 0 : Number(flags.minLedgerSize.trim() || Number.NaN);
  if (!Number.isSafeInteger(minLedgerSize) || minLedgerSize < 0)
    throw new LaunchgateError('usage', `${flags.minLedgerSize} is no size`, {
      next: 'Give a whole number of entries.',
    });
  const signers = await expectedSigners(flags, io);
  return { policyRoot, signers, minLedgerSize };
}
