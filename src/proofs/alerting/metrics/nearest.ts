/** The candidate that differs from a name by at most two letters put in, left out or exchanged, if there is one; never the name itself. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  const most = name.length < 8 ? 1 : 2;
  for (const raw of candidates) {
    const suffix = /_(?:bucket|sum|count)$/.exec(name)?.[0] ?? '';
    for (const candidate of suffix === '' || raw.endsWith(suffix) ? [raw] : [raw, raw + suffix]) {
      if (candidate === name || Math.abs(candidate.length - name.length) > most || differByNumber(name, candidate))
        continue;
      const distance = editDistance(name, candidate, most);
      if (distance <= most && distance < (best?.distance ?? Infinity)) best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** `node_load1` and `node_load5` are neighbours, not slips. */
function differByNumber(one: string, other: string): boolean {
  return one !== other && one.replaceAll(/\d+/g, '0') === other.replaceAll(/\d+/g, '0');
}

/** Levenshtein's distance, given up above a bound. */
function editDistance(one: string, other: string, most: number): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const exchanged = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    if (Math.min(...next) > most) return most + 1;
    row = next;
  }
  return row[other.length] ?? most + 1;
}
