import { isKnown, type Unknown } from '../figure.ts';
import type { Client, PooledDatabase, Pooler } from './types.ts';

/** Server connections of one pooler process, and how the number comes about. */
export interface ServerConnections {
  readonly value: number;
  /** `2 users x 40 = 80, held to max_db_connections 50`. */
  readonly from: string;
}

/**
 * The most server connections one PgBouncer process opens. A pool belongs to a pair of database and user and holds
 * `default_pool_size` (or the database's `pool_size`) plus `reserve_pool_size`; `max_db_connections` and
 * `max_user_connections` hold the sums down (pgbouncer doc/config.md; `src/janitor.c` check_pool_size, `src/objects.c`
 * launch_new_connection). The mode changes how long a client keeps a connection, not how many there are.
 */
export function serverConnections(pooler: Pooler): ServerConnections | Unknown {
  const databases = pooler.databases.flatMap((database) =>
    database.name === '*' ? asked(pooler, database) : database,
  );
  const parts = databases.map((database) =>
    isKnown<PooledDatabase>(database) ? ofDatabase(pooler, database) : database,
  );
  const open = parts.find((part) => !isKnown<ServerConnections>(part));
  if (open !== undefined) return open;
  const known = parts.filter(isKnown<ServerConnections>);
  return {
    value: known.reduce((sum, { value }) => sum + value, 0),
    from: known.map(({ from }) => from).join(' + ') || 'no database',
  };
}

function ofDatabase(pooler: Pooler, database: PooledDatabase): ServerConnections | Unknown {
  const each = Math.min(database.poolSize + database.reserve, pooler.mostPerUser ?? Number.POSITIVE_INFINITY);
  const users = usersOf(pooler, database);
  const most = database.most ?? Number.POSITIVE_INFINITY;
  const size =
    database.reserve === 0 ? String(database.poolSize) : `(${database.poolSize} + ${database.reserve} reserve)`;
  if (users === undefined) {
    if (Number.isFinite(most)) return { value: most, from: `max_db_connections ${most} of ${database.name}` };
    return {
      unknown: `how many users ${pooler.id} keeps a pool for in database ${database.name}, ${each} connections each`,
      declare: `Set max_db_connections in ${pooler.id}`,
    };
  }
  const sum = users.length * each;
  const text = `${users.length} ${users.length === 1 ? 'user' : 'users'} x ${size}${each < database.poolSize + database.reserve ? `, at most ${each}` : ''}`;
  if (sum <= most) return { value: sum, from: `${text} of ${database.name}` };
  return { value: most, from: `${text} = ${sum} of ${database.name}, held to max_db_connections ${most}` };
}

/** The databases that `*` stands for: one for each that clients ask for. */
function asked({ id, databases, clients }: Pooler, star: PooledDatabase): (PooledDatabase | Unknown)[] {
  const silent = clients.find(({ database }) => database === undefined);
  if (silent !== undefined)
    return [
      {
        unknown: `which database ${silent.id} asks ${id} for, and so how many pools there are`,
        declare: `Name the databases in ${id} instead of *`,
      },
    ];
  const own = databases.map(({ name }) => name);
  const names = new Set(clients.flatMap(({ database }) => database ?? []));
  return [...names].filter((name) => !own.includes(name)).map((name) => ({ ...star, name }));
}

/** Users that get a pool in the database; undefined where a client's user is not known. */
function usersOf({ clients, authUser }: Pooler, { name, forcedUser }: PooledDatabase): string[] | undefined {
  const lookup = authUser === undefined ? [] : [authUser];
  if (forcedUser !== undefined) return [...new Set([forcedUser, ...lookup])];
  const here = clients.filter(({ database }: Client) => database === undefined || database === name);
  const users = here.flatMap(({ user }) => user ?? []);
  return users.length < here.length ? undefined : [...new Set([...users, ...lookup])];
}
