import { parseImage } from '../../model/image.ts';
import type { Origin } from '../../model/origin.ts';

/** An image as a container names it. */
export interface RunningImage {
  readonly reference: string;
  readonly namespace: string;
  readonly origin: Origin;
}

/**
 * Whether a pattern (`ghcr.io/acme/*`, `*` for any text, `?` for one character) covers a reference: as written, without tag and
 * digest, or with the registry that is implied.
 */
export function covers(pattern: string, reference: string): boolean {
  const parsed = parseImage(reference);
  const full = parsed === undefined ? [] : [`${parsed.registry}/${parsed.repository}`];
  const library =
    parsed?.registry === 'docker.io' && !parsed.repository.includes('/')
      ? [`docker.io/library/${parsed.repository}`, `index.docker.io/library/${parsed.repository}`]
      : [];
  return [reference, reference.replace(/(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?$/, ''), ...full, ...library].some((text) =>
    matches(pattern, text),
  );
}

/** Greedy matching with one point to return to: linear in practice, quadratic at worst. */
function matches(pattern: string, text: string): boolean {
  let [at, star, back] = [0, -1, 0];
  for (let index = 0; index < text.length;) {
    if (at < pattern.length && (pattern[at] === text[index] || pattern[at] === '?')) {
      at += 1;
      index += 1;
    } else if (pattern[at] === '*') {
      [star, back] = [at, index];
      at += 1;
    } else if (star === -1) return false;
    else {
      back += 1;
      [at, index] = [star + 1, back];
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
