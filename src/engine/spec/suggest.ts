/** Fewest letters that a word may be shortened to and still be known. */
const SHORTEST = 3;

/**
 * The candidate nearest to what was typed, where it is near enough to be what was meant: a third of its letters may differ, or it is the
 * only one that begins so, as `production` for `prod`.
 */
export function nearest(typed: string, candidates: Iterable<string>): string | undefined {
  const all = [...candidates];
  return nearestByLetters(typed, all) ?? onlyLonger(typed.toLowerCase(), all);
}

function onlyLonger(typed: string, candidates: readonly string[]): string | undefined {
  if (typed.length < SHORTEST) return undefined;
  const [first, ...others] = candidates.filter((candidate) => candidate.toLowerCase().startsWith(typed));
  return others.length === 0 ? first : undefined;
}

function nearestByLetters(typed: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = editDistance(typed.toLowerCase(), candidate.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(typed.length, candidate.length) / 3));
    if (distance <= allowed && distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** `; did you mean "http"?`, or nothing. */
export function didYouMean(typed: unknown, candidates: Iterable<string>): string {
  const meant = typeof typed === 'string' && typed.length <= 100 ? nearest(typed, candidates) : undefined;
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
