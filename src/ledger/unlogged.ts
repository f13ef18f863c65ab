import { sha256 } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Envelope } from '../model/evidence.ts';
import { filesIn, type LedgerStorage } from '../model/ledger-storage.ts';
import type { Appended, Sequencer } from './append.ts';
import type { Problem } from './check-chunk.ts';
import { decodeEnvelope, MAX_ENVELOPE_BYTES } from './envelope.ts';
import { EVIDENCE_FOLDER, evidenceDigest } from './layout.ts';
import { prepareEnvelope } from './leaf.ts';
import { TILE_WIDTH } from './tiles.ts';

/** What became of the stored envelopes: those that were put into the log, and files that are none, which stay where they are. */
export interface Sequenced {
  readonly added: readonly Appended[];
  readonly refused: readonly Problem[];
}

/**
 * Puts into the log every stored envelope that is not in it yet: those that came with a merged branch, and those whose
 * group lost the race for the last tip. In the order of their digests, so that it is the same wherever it is done. A file that
 * is no envelope, or not the one of its name, is told and keeps none of the others out.
 */
export async function sequenceStored(sequencer: Sequencer, storage: LedgerStorage): Promise<Sequenced> {
  const paths: string[] = [];
  for (const folder of await storage.list(EVIDENCE_FOLDER)) {
    if (!folder.endsWith('/')) continue;
    const names = await storage.list(`${EVIDENCE_FOLDER}/${folder.slice(0, -1)}`);
    paths.push(...names.map((name) => `${EVIDENCE_FOLDER}/${folder}${name}`).filter(evidenceDigest));
  }
  const added: Appended[] = [];
  const refused: Problem[] = [];
  for (let at = 0; at < paths.length; at += TILE_WIDTH) {
    const envelopes: Envelope[] = [];
    for (const { path, read } of await readGroup(storage, paths.slice(at, at + TILE_WIDTH))) {
      try {
        const bytes = read();
        if (bytes !== undefined) envelopes.push(envelopeIn(bytes, path));
      } catch (error) {
        refused.push({ path, message: reasonOf(error, path) });
      }
    }
    added.push(...(await sequencer.appendAll(envelopes)).filter(({ folded }) => !folded));
  }
  return { added, refused };
}

interface Reading {
  readonly path: string;
  /** The bytes, `undefined` where the file has gone; throws what reading it threw. */
  read(): Uint8Array | undefined;
}

/** Reads a group at once, or file by file where one of them cannot be read. */
async function readGroup(storage: LedgerStorage, paths: readonly string[]): Promise<Reading[]> {
  try {
    const files = filesIn(await storage.readMany(paths, MAX_ENVELOPE_BYTES));
    return paths.map((path, at) => ({ path, read: () => files[at] }));
  } catch {
    return Promise.all(paths.map((path) => readOne(storage, path)));
  }
}

async function readOne(storage: LedgerStorage, path: string): Promise<Reading> {
  try {
    const bytes = await storage.read(path, MAX_ENVELOPE_BYTES);
    return { path, read: () => bytes };
  } catch (error) {
    return {
      path,
      read: () => {
        throw error;
      },
    };
  }
}

/** The envelope of a file's name, in the form in which envelopes are stored, with a statement in it. */
function envelopeIn(bytes: Uint8Array, path: string): Envelope {
  const named = evidenceDigest(path);
  const envelope = decodeEnvelope(bytes, path);
  if (sha256(bytes) !== named) throw misnamed(path, 'its bytes do not have the digest in its name');
  if (prepareEnvelope(envelope, path).leaf.envelope !== named)
    throw misnamed(path, 'it is not in the form of the ledger');
  return envelope;
}

function misnamed(path: string, because: string): LaunchgateError {
  return new LaunchgateError('evidence-invalid', `${path}: ${because}`);
}

/** What is wrong, without the path that is told beside it. What is no fault of the file is thrown on. */
function reasonOf(error: unknown, path: string): string {
  if (!(error instanceof LaunchgateError)) throw error;
  return error.message.replace(`${path}: `, '');
}
