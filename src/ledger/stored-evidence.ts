import { sha256, type Digest } from '../model/digest.ts';
import type { LedgerStorage } from '../model/ledger-storage.ts';
import type { Problem } from './check-chunk.ts';
import { MAX_ENVELOPE_BYTES } from './envelope.ts';
import { EVIDENCE_FOLDER, evidenceDigest } from './layout.ts';

/** Paths of all files in the evidence folder. */
export async function listEvidence(storage: LedgerStorage): Promise<string[]> {
  const paths: string[] = [];
  for (const folder of await storage.list(EVIDENCE_FOLDER)) {
    const names = folder.endsWith('/') ? await storage.list(`${EVIDENCE_FOLDER}/${folder.slice(0, -1)}`) : [''];
    for (const name of names) paths.push(`${EVIDENCE_FOLDER}/${folder}${name}`);
  }
  return paths;
}

/**
 * Judges the files beside `logged`, those in the log. Each that is named as evidence must have the digest in its name; more is for those who
 * log it. One of another name is read by nobody, and noted.
 */
export async function unloggedEvidence(
  storage: LedgerStorage,
  paths: readonly string[],
  logged: ReadonlySet<Digest>,
): Promise<{ problems: Problem[]; unlogged: Digest[]; notes: string[] }> {
  const problems: Problem[] = [];
  const notes: string[] = [];
  const unlogged: Digest[] = [];
  for (const path of paths) {
    const digest = evidenceDigest(path);
    if (digest !== undefined && logged.has(digest)) continue;
    const bytes = digest === undefined ? undefined : await storage.read(path, MAX_ENVELOPE_BYTES);
    if (digest === undefined)
      notes.push(`${path} is no evidence file, and nobody reads it: expected evidence/<aa>/<sha256>.dsse.json`);
    else if (bytes === undefined || sha256(bytes) !== digest)
      problems.push({ path, message: 'its bytes do not have the digest in its name' });
    else unlogged.push(digest);
  }
  return { problems, unlogged, notes };
}
