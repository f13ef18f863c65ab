/** Backups in the lab. Drills take them, since no schedule runs there, and the repositories keep them as they would any. */
import type { OpenLab } from '../../../../app/lab.ts';
import type { Backups } from '../../../../model/drill/backups.ts';
import { LaunchgateError } from '../../../../model/errors.ts';
import type { StoreBackups } from '../../../restore/types.ts';
import type { Use } from '../../../target.ts';
import { labStore } from './stores.ts';

export function labBackups(open: OpenLab, use: Use): Backups {
  const known = (store: string): StoreBackups => {
    const found = labStore(open, store, use);
    if (found !== undefined) return found;
    throw new LaunchgateError('not-found', `the lab can restore nothing of store "${store}"`);
  };
  return {
    ways: (store) => labStore(open, store, use)?.ways ?? [],
    take: (store, way) => known(store).take(way),
    inspect: (store, way) => known(store).inspect(way),
    async mark(store) {
      await use.undo.before({ kind: 'remove-markers', data: { directory: open.lab.directory, store } });
      return known(store).mark();
    },
    census: (store) => known(store).census(),
    restore: (store, way, until) => known(store).restore(way, until),
  };
}
