/** The candidate that differs from a name by at most two letters put in, left out or exchanged, if there is one; never the name itself. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  const most = name.length < 8 ? 1 : 2;
  for (const raw of candidates) {
    const suffix = /_(?:bucket|sum|count)$/.exec(name)?.[0] ?? '';
    for (const candidate of suffix === '' || raw.endsWith(suffix) ? [raw] : [raw, raw + suffix]) {
      if (candidate === name || Math.abs(candidate.length - name.length) > most || areNeighbours(name, candidate))
        continue;
      const distance = editDistance(name, candidate, most);
      if (distance <= most && distance < (best?.distance ?? Infinity)) best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** `node_load1` and `node_load5`, `net_rx_bytes` and `net_tx_bytes`, `wait_ms` and `wait_s`: two names that are meant, no slips. */
function areNeighbours(one: string, other: string): boolean {
  if (one.replaceAll(/\d+/g, '0') === other.replaceAll(/\d+/g, '0')) return true;
  const [words, others] = [one.split(/[_:]/), other.split(/[_:]/)];
  if (words.length !== others.length) return false;
  return words.some((word, index) => areOtherWords(word, others[index] ?? ''));
}

/** Short words with a letter exchanged are words of their own (`min`, `max`; `get`, `set`), unless two letters changed places. */
function areOtherWords(one: string, other: string): boolean {
  const longest = Math.max(one.length, other.length);
  if (one === other || longest > 3) return false;
  return longest < 3 || (one.length === other.length && sorted(one) !== sorted(other));
}

function sorted(word: string): string {
  return [...word].sort().join('');
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
