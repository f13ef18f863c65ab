import { canonicalJson, sha256, type Digest } from '../model/digest.ts';
import type { CheckRow } from '../model/report.ts';

/** Identity of a row that survives moved lines and changed numbers, so that a baseline does not age with every edit. */
export function fingerprint(row: Pick<CheckRow, 'control' | 'subject' | 'outcome' | 'message' | 'location'>): Digest {
  return sha256(
    canonicalJson([
      row.control,
      row.subject,
      row.outcome,
      row.location?.path ?? '',
      row.message.replaceAll(/\d+/g, '#'),
    ]),
  );
}

/** Marks the rows that an earlier report already held. `known` rows are shown apart and do not decide the exit status. */
export function againstBaseline(rows: readonly CheckRow[], earlier: readonly CheckRow[]): CheckRow[] {
  const seen = new Map<Digest, number>();
  for (const row of earlier) {
    if (row.outcome !== 'pass') seen.set(fingerprint(row), (seen.get(fingerprint(row)) ?? 0) + 1);
  }
  return rows.map((row) => {
    const print = fingerprint(row);
    const left = seen.get(print) ?? 0;
    if (row.outcome === 'pass' || left === 0) return row;
    seen.set(print, left - 1);
    return { ...row, known: true };
  });
}
