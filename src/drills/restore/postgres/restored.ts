/** A restored cluster, as a drill asks it. */
import type pg from 'pg';
import type { Restored } from '../../../model/drill/backups.ts';
import { openSql } from '../../sql.ts';
import type { Copy } from '../copy.ts';
import type { Phases, RestoredStore } from '../types.ts';
import { readContents, readMarkers, tryWrite } from './contents.ts';
import { clusterFaults, withClient, type PostgresServer } from './server.ts';
import type { PostgresSource } from './source.ts';

/** The restore has written these beside the data, where they would outweigh the configuration that the data go to: nothing would be archived there. */
const WRITTEN = ['archive_mode', 'restore_command', 'recovery_target_action', 'recovery_target_time'];

async function forgetRecovery(client: pg.Client): Promise<void> {
  for (const name of WRITTEN) await client.query(`ALTER SYSTEM RESET ${name}`);
}

/** Asks the copy for its markers and gives it a write: from then on it counts as restored. */
export async function asRestored(
  source: PostgresSource,
  copy: Copy,
  server: PostgresServer,
  { all, during, total }: Phases,
): Promise<RestoredStore> {
  const config = { ...server.config, database: source.database };
  const markers = await during('first answer and write', () =>
    withClient(config, async (client) => {
      const found = await readMarkers(client);
      await tryWrite(client);
      return found;
    }),
  );
  const tookMs = total();
  const port = server.config.port ?? 0;
  const restored: Restored = {
    tookMs,
    phases: all,
    markers,
    contents: () => withClient(config, readContents),
    faults: () => clusterFaults(copy, server),
    sql: (as) => (as === undefined ? openSql(config) : source.asRole(port, as)),
    migrate: (args) => source.migrate(port, args),
    remove: copy.remove,
  };
  return {
    ...restored,
    async settle() {
      await withClient(config, forgetRecovery);
      await copy.stop('SIGINT');
      return server.data;
    },
  };
}
