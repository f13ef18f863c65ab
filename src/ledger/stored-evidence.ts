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

/** Judges the files beside `logged`, those in the log. Each must have the digest in its name; more is for those who log it. */
export async function unloggedEvidence(
  storage: LedgerStorage,
  paths: readonly string[],
  logged: ReadonlySet<Digest>,
): Promise<{ problems: Problem[]; unlogged: Digest[] }> {
  const problems: Problem[] = [];
  const unlogged: Digest[] = [];
  for (const path of paths) {
    const digest = evidenceDigest(path);
    if (digest !== undefined && logged.has(digest)) continue;
    const bytes = digest === undefined ? undefined : await storage.read(path, MAX_ENVELOPE_BYTES);
    if (digest === undefined)
      problems.push({ path, message: 'it is no evidence file: expected evidence/<aa>/<sha256>.dsse.json' });
    else if (bytes === undefined || sha256(bytes) !== digest)
      problems.push({ path, message: 'its bytes do not have the digest in its name' });
    else unlogged.push(digest);
  }
  return { problems, unlogged };
}
