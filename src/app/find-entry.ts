import { LaunchgateError } from '../model/errors.ts';
import type { LedgerEntry } from '../model/evidence.ts';

/** Fewest digits by which an entry is named: of fewer, the next entry could fit as well. */
const FEWEST_DIGITS = 8;

/** The entry of a digest, or of an unmistakable beginning of it. Throws `not-found`. `kind`: what is looked for, in a word. */
export function findEntry(entries: readonly LedgerEntry[], digest: string, kind = 'envelope'): LedgerEntry {
  const wanted = digest.startsWith('sha256:') ? digest : `sha256:${digest}`;
  const isLong = wanted.length >= 'sha256:'.length + FEWEST_DIGITS;
  const found = isLong ? entries.filter((entry) => entry.digest.startsWith(wanted)) : [];
  const [entry] = found;
  if (entry !== undefined && found.length === 1) return entry;
  const reason =
    found.length > 1
      ? `${digest} fits ${found.length} entries`
      : isLong
        ? `the ledger has no ${kind} ${digest}`
        : `${JSON.stringify(digest)} is too short to name an entry: ${FEWEST_DIGITS} digits or more`;
  throw new LaunchgateError('not-found', reason, { next: 'Run "launchgate evidence list" for the digests.' });
}
