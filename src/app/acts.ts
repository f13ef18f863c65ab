import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { durableFiles } from '../adapters/durable-files.ts';
import { fileSigner } from '../adapters/keys.ts';
import { checkpointPin } from '../adapters/pins.ts';
import { agentSigner } from '../adapters/ssh-agent.ts';
import { Sequencer } from '../ledger/append.ts';
import { encodeEnvelope, envelopeDigest, signStatement } from '../ledger/envelope.ts';
import { evidenceFile } from '../ledger/layout.ts';
import { parseVkey } from '../ledger/vkey.ts';
import type { Digest } from '../model/digest.ts';
import type { Envelope, Signer, Statement } from '../model/evidence.ts';
import { homeFolder, keyFolder, readPin, sequencerKeyName } from './home.ts';
import { ledgerFolder } from './ledger.ts';
import type { Project } from './project.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What became of an envelope: in the log at an index, or a file that the sequencer has still to take in. */
export interface Recorded {
  readonly digest: Digest;
  readonly index?: number;
}

/** The signer a person named: a key file (made at first use), or `ssh-agent` with an optional fingerprint or comment. */
export async function signerFor(env: Environment, key: string): Promise<Signer> {
  if (key === 'ssh-agent') return agentSigner(env);
  if (key.startsWith('ssh-agent:')) return agentSigner(env, key.slice('ssh-agent:'.length));
  return fileSigner(keyFolder(env), key);
}

/** Signs a statement and records it. */
export async function record(
  project: Project,
  env: Environment,
  statement: Statement,
  signers: readonly Signer[],
): Promise<Recorded> {
  const [recorded] = await recordAll(project, env, [await signStatement(statement, signers)]);
  return recorded ?? { digest: envelopeDigest(await signStatement(statement, signers)) };
}

/**
 * Puts envelopes into the log where this machine is its sequencer. Elsewhere they become evidence files only: branches carry
 * those, and the one sequencer takes them in with `launchgate ledger sequence`.
 */
export async function recordAll(
  project: Project,
  env: Environment,
  envelopes: readonly Envelope[],
): Promise<Recorded[]> {
  const folder = ledgerFolder(project);
  if (!isSequencer(env, folder)) {
    const digests = envelopes.map(envelopeDigest);
    await durableFiles(folder).create(
      envelopes.map((envelope, at) => ({ path: evidenceFile(digests[at] as Digest), bytes: encodeEnvelope(envelope) })),
    );
    return digests.map((digest) => ({ digest }));
  }
  const sequencer = await openSequencer(project, env);
  try {
    return await sequencer.appendAll(envelopes);
  } finally {
    await sequencer.close();
  }
}

/** True where this machine holds the key that signs the ledger's checkpoints. */
export function isSequencer(env: Environment, folder: string): boolean {
  return existsSync(join(keyFolder(env), `${sequencerKeyName(env, folder)}.key`));
}

/** Opens the log for writing; `origin` only where it is to be made. */
export async function openSequencer(project: Project, env: Environment, origin?: string): Promise<Sequencer> {
  const folder = ledgerFolder(project);
  const signer = await fileSigner(keyFolder(env), sequencerKeyName(env, folder));
  const formerKeys = origin === undefined ? readPin(env, folder).logKeys.map(parseVkey) : [];
  return Sequencer.open({
    storage: durableFiles(folder),
    origin: origin ?? formerKeys[0]?.name ?? '',
    signer,
    formerKeys,
    clock: () => new Date(),
    pin: checkpointPin(homeFolder(env), folder),
  });
}
