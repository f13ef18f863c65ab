/** PostgreSQL: by pgBackRest, whose archive its RPO rests on, and by pg_dump beside it. */
import { withClient } from './server.ts';
import { DRILL_SCHEMA, makeMarkers, readContents, writeMarker } from './contents.ts';
import { inspectDumps, pgDumpWay, restoreDump, takeDump } from './dump.ts';
import { inspectPgBackRest, pgBackRestWay, restorePgBackRest, shipWal, takePgBackRest } from './pgbackrest.ts';
import type { PostgresSource } from './source.ts';
import type { StoreBackups } from '../types.ts';

export function postgresBackups(source: PostgresSource): StoreBackups {
  const isDump = (way: string): boolean => way === pgDumpWay.name;
  return {
    ways: [pgBackRestWay, pgDumpWay],
    take: (way) => (isDump(way) ? takeDump(source) : takePgBackRest(source)),
    ship: () => shipWal(source),
    inspect: async (way) => (isDump(way) ? inspectDumps(source) : inspectPgBackRest(source)),
    mark: () =>
      withClient(source.operator, async (client) => {
        await makeMarkers(client);
        return writeMarker(client);
      }),
    unmark: () =>
      withClient(source.operator, async (client) => {
        await client.query('SET client_min_messages = warning');
        await client.query(`DROP SCHEMA IF EXISTS ${DRILL_SCHEMA} CASCADE`);
      }),
    census: () => withClient(source.operator, readContents),
    restore: (way, until) => (isDump(way) ? restoreDump(source) : restorePgBackRest(source, until)),
  };
}
