/** The lab's stores by name, each with what backs it up there. */
import { join } from 'node:path';
import type { OpenLab } from '../../../lab/open.ts';
import { filesBackups } from '../../../restore/files/index.ts';
import type { StoreBackups } from '../../../restore/types.ts';
import type { Use } from '../../../target.ts';
import { labMariadbBackups } from './mariadb.ts';
import { labNatsBackups } from './nats.ts';
import { labPostgresBackups } from './postgres.ts';
import { labRedisBackups } from './redis.ts';
import { SEALING_SECRET } from './sealing.ts';

/** `undefined` for a store that the lab does not run, or that holds nothing to restore. */
export function labStore(open: OpenLab, store: string, use: Use): StoreBackups | undefined {
  switch (open.plan.stores.get(store)) {
    case 'postgres':
      return labPostgresBackups(open, store, use);
    case 'mariadb':
      return open.lab.has('mariadb') ? labMariadbBackups(open, store, use) : undefined;
    case 'redis':
      return labRedisBackups(open, store, use);
    case 'nats':
      return labNatsBackups(open, store, use);
    case 'cache':
      return undefined;
    case undefined:
      return isConfiguration(open, store) ? labFiles(open, store, use) : undefined;
  }
}

/** Nothing runs it in a lab, and it is there all the same: as the folder that the lab was started from. */
export function isConfiguration({ plan }: OpenLab, store: string): boolean {
  return plan.spec.stores.some(({ name, kind }) => name === store && kind === 'config');
}

/** The configuration is the folder of the spec that the lab was started from. */
function labFiles({ lab, plan }: OpenLab, store: string, use: Use): StoreBackups {
  return filesBackups({
    store,
    folder: plan.root,
    use,
    backups: {
      folder: join(lab.directory, 'backups'),
      owner: undefined,
      secret: lab.secret(SEALING_SECRET),
    },
  });
}
