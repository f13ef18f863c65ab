import { filesIn, type LedgerStorage } from '../model/ledger-storage.ts';
import type { Appended, Sequencer } from './append.ts';
import { decodeEnvelope, MAX_ENVELOPE_BYTES } from './envelope.ts';
import { EVIDENCE_FOLDER, evidenceDigest } from './layout.ts';
import { TILE_WIDTH } from './tiles.ts';

/**
 * Puts into the log every stored envelope that is not in it yet: those that came with a merged branch, and those whose
 * group lost the race for the last tip. In the order of their digests, so that it is the same wherever it is done.
 */
export async function sequenceStored(sequencer: Sequencer, storage: LedgerStorage): Promise<Appended[]> {
  const paths: string[] = [];
  for (const folder of await storage.list(EVIDENCE_FOLDER)) {
    if (!folder.endsWith('/')) continue;
    const names = await storage.list(`${EVIDENCE_FOLDER}/${folder.slice(0, -1)}`);
    paths.push(...names.map((name) => `${EVIDENCE_FOLDER}/${folder}${name}`).filter(evidenceDigest));
  }
  const added: Appended[] = [];
  for (let at = 0; at < paths.length; at += TILE_WIDTH) {
    const group = paths.slice(at, at + TILE_WIDTH);
    const files = filesIn(await storage.readMany(group, MAX_ENVELOPE_BYTES));
    const envelopes = files.flatMap((file, n) => (file === undefined ? [] : [decodeEnvelope(file, group[n] ?? '')]));
    added.push(...(await sequencer.appendAll(envelopes)).filter(({ folded }) => !folded));
  }
  return added;
}
