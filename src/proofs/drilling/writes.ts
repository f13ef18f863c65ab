/** Writes that were acknowledged, held against those that came to where they lead: each by its own id, since one that is lost and one that is doubled add up. */
import { CannotTell } from '../../model/drill/drill.ts';
import type { LoadReport } from '../../model/drill/load.ts';

/** Ids of the writes that were acknowledged. Throws {@link CannotTell} where the answers do not tell one write from another. */
export function acknowledgedIn({ statuses, ids = [] }: LoadReport, idHeader: string): readonly string[] {
  const count = Object.entries(statuses).reduce(
    (sum, [status, answers]) => (status.startsWith('2') ? sum + answers : sum),
    0,
  );
  const told = new Set(ids.filter((id) => id !== ''));
  if (told.size < count)
    throw new CannotTell(`${count} writes were acknowledged, and ${idHeader} of the answers tells ${told.size} apart`);
  return [...told];
}

/** Those of the acknowledged that have not arrived. */
export function lostOf(acknowledged: Iterable<string>, arrived: ReadonlyMap<string, number>): string[] {
  return [...acknowledged].filter((id) => !arrived.has(id));
}

/** Those that have arrived more than once, acknowledged or not. */
export function doubledOf(arrived: ReadonlyMap<string, number>): string[] {
  return [...arrived].filter(([, times]) => times > 1).map(([id]) => id);
}

/** A few of them, to be looked for. */
export function someOf(ids: readonly string[]): string {
  return ids.length === 0 ? '' : `: ${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ' …' : ''}`;
}
