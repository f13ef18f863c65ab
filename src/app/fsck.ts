import { durableFiles } from '../adapters/durable-files.ts';
import { checkpointPin } from '../adapters/pins.ts';
import type { KeyTable } from '../ledger/check-chunk.ts';
import { fsck, type FsckResult } from '../ledger/fsck.ts';
import { CHECKPOINT_FILE } from '../ledger/layout.ts';
import { MAX_CHECKPOINT_BYTES } from '../ledger/log.ts';
import { readSteadily } from '../ledger/steady.ts';
import { parseVkey } from '../ledger/vkey.ts';
import { keyPredicateSchema } from '../gate/predicates.ts';
import { walkLedger, type Trust } from '../gate/trust.ts';
import { verifyWith } from '../ledger/envelope.ts';
import type { Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { PREDICATE, type LedgerEntry } from '../model/evidence.ts';
import type { LedgerStorage } from '../model/ledger-storage.ts';
import type { PolicyKey } from '../model/policy.ts';
import { homeFolder, readPin } from './home.ts';
import { ledgerFolder, readLedger } from './ledger.ts';
import type { Project } from './project.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Recomputes the ledger; with `signatures` each envelope's, against the keys that its policies ever enrolled. */
export async function fsckLedger(
  project: Project,
  env: Environment,
  options: { readonly signatures: boolean; readonly threads: number },
): Promise<FsckResult> {
  const folder = ledgerFolder(project);
  const { logKeys } = readPin(env, folder);
  const storage = durableFiles(folder);
  const plain = {
    storage,
    logKeys: logKeys.map(parseVkey),
    pin: checkpointPin(homeFolder(env), folder),
    threads: (await looksLong(storage)) ? options.threads : 0,
  };
  const recompute = (more: { readonly keys?: KeyTable }): Promise<FsckResult> =>
    readSteadily(
      plain.storage,
      () => fsck({ ...plain, ...more }),
      ({ state }) => state === 'sound',
    );
  if (!options.signatures) return recompute({});
  let keys: KeyTable;
  try {
    keys = await enrolledKeys(project, env);
  } catch (error) {
    // A ledger whose policies cannot be read is damaged, perhaps: then the file is named.
    const result = await recompute({});
    if (result.state !== 'sound') return result;
    throw error;
  }
  return recompute({ keys });
}

/** Entries from which on threads are worth their start. */
const LONG = 4096;

/** Whether the checkpoint claims a long log. Unverified: it decides about threads and nothing else. */
async function looksLong(storage: LedgerStorage): Promise<boolean> {
  try {
    const bytes = await storage.read(CHECKPOINT_FILE, MAX_CHECKPOINT_BYTES);
    const [, size] = Buffer.from(bytes ?? [])
      .toString('utf8')
      .split('\n', 2);
    return Number(size) >= LONG;
  } catch {
    return false;
  }
}

/** Every key that any policy version or key entry of this ledger enrolled, by id. */
async function enrolledKeys(project: Project, env: Environment): Promise<KeyTable> {
  const view = await readLedger(project, env);
  const trust = walkLedger(view.entries, view.pinned.policyRoot, verifyWith);
  const keys = [...trust.versions.flatMap(({ policy }) => policy.keys), ...keysAdded(view.entries, trust)];
  if (keys.length === 0) throw new LaunchgateError('policy-invalid', 'no policy enrols a key');
  return new Map(keys.map(({ id, publicKey }) => [id as Digest, new Uint8Array(Buffer.from(publicKey, 'base64'))]));
}

/** Keys that took effect by an entry of their own, between two versions of the policy. */
function keysAdded(entries: readonly LedgerEntry[], { rejected, pending }: Trust): PolicyKey[] {
  const without = new Set([...rejected, ...pending].map(({ index }) => index));
  const changes = entries.filter(
    ({ index, statement }) => statement.predicateType === PREDICATE.key && !without.has(index),
  );
  return changes.flatMap(({ statement }) => {
    const { data } = keyPredicateSchema.safeParse(statement.predicate);
    return data?.action === 'add' ? [data.key] : [];
  });
}
