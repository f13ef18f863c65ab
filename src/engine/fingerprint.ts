import { canonicalJson, sha256, type Digest } from '../model/digest.ts';
import type { CheckRow } from '../model/report.ts';
import type { Severity } from '../model/result.ts';

type Identity = Pick<CheckRow, 'control' | 'subject' | 'outcome' | 'message'>;

const GRAVEST_FIRST: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** Identity of a row that survives moved lines and changed numbers, so that a baseline does not age with every edit. */
function fingerprint({ control, subject, outcome, message }: Identity, path: string): Digest {
  return sha256(canonicalJson([control, subject, outcome, path, message.replaceAll(/\d+/g, '#')]));
}

/**
 * Marks the rows that an earlier report already held, each as often as it did and no graver than it was there. `known` rows are shown
 * apart and do not decide the exit status. Rows of files that are not there any more are recognised wherever they are now: the file was renamed.
 */
export function againstBaseline(
  rows: readonly CheckRow[],
  earlier: readonly CheckRow[],
  isThere: (path: string) => boolean,
): CheckRow[] {
  const held = new Map<string, number>();
  for (const row of earlier) {
    if (row.outcome === 'pass') continue;
    const path = row.location?.path ?? '';
    const key = keyOf(row, path === '' || isThere(path) ? path : GONE, row.severity);
    held.set(key, (held.get(key) ?? 0) + 1);
  }
  const take = (row: CheckRow, path: string): boolean => {
    const atLeast = GRAVEST_FIRST.slice(0, GRAVEST_FIRST.indexOf(row.severity) + 1).toReversed();
    const key = atLeast.map((severity) => keyOf(row, path, severity)).find((one) => (held.get(one) ?? 0) > 0);
    if (key === undefined) return false;
    held.set(key, (held.get(key) ?? 0) - 1);
    return true;
  };
  return rows.map((row) => {
    if (row.outcome === 'pass') return row;
    const path = row.location?.path ?? '';
    return take(row, path) || (path !== '' && take(row, GONE)) ? { ...row, known: true } : row;
  });
}

/** Stands for all files that are gone; no path holds this character. */
const GONE = '\0';

function keyOf(row: CheckRow, path: string, severity: Severity): string {
  return `${severity} ${fingerprint(row, path)}`;
}
