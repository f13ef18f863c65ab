/** Backups in the lab. Drills take them, since no schedule runs there, and the repositories keep them as they would any. */
import type { OpenLab } from '../../../lab/open.ts';
import type { Backups } from '../../../../model/drill/backups.ts';
import { LaunchgateError } from '../../../../model/errors.ts';
import type { StoreBackups } from '../../../restore/types.ts';
import type { Use } from '../../../target.ts';
import type { UndoJournal } from '../../../undo/types.ts';
import { labParts } from '../parts.ts';
import { labStore } from './stores.ts';

/** Stores that a run has written markers to: noted once, since they are taken out all at once. */
const marked = new WeakMap<UndoJournal, Set<string>>();

export function labBackups(open: OpenLab, use: Use): Backups {
  const known = (store: string): StoreBackups => {
    const found = labStore(open, store, use);
    if (found !== undefined) return found;
    throw new LaunchgateError('not-found', `the lab can restore nothing of store "${store}"`);
  };
  return {
    ways: (store) => labStore(open, store, use)?.ways ?? [],
    async serving(store) {
      const parts = labParts(open, use);
      const servers = parts.serversOf(store);
      const ready = await Promise.all(servers.map((part) => parts.ready(part)));
      return ready.filter(Boolean).length / servers.length;
    },
    take: (store, way) => known(store).take(way),
    ship: (store) => known(store).ship(),
    inspect: (store, way) => known(store).inspect(way),
    async mark(store) {
      const noted = marked.get(use.undo) ?? new Set();
      marked.set(use.undo, noted);
      if (!noted.has(store))
        await use.undo.before({ kind: 'remove-markers', data: { directory: open.lab.directory, store } });
      noted.add(store);
      return known(store).mark();
    },
    census: (store) => known(store).census(),
    restore: (store, way, until) => known(store).restore(way, until),
  };
}
