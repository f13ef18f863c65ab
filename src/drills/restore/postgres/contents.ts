/** What a PostgreSQL database holds: rows by table, and the markers of a drill beside them. */
import type pg from 'pg';
import type { Content, Contents, Marker } from '../../../model/drill/backups.ts';

/** Schema of what drills write. It is left out of what is compared, and dropped when the run ends. */
export const DRILL_SCHEMA = 'launchgate_drill';
/** Reading every row of a bigger table would be load; its rows are counted and not compared. */
const MOST_COMPARED = 1_000_000;

interface Table {
  readonly name: string;
  readonly rows: number;
  readonly unlogged: boolean;
  readonly partition: boolean;
}

/**
 * One snapshot for all tables, partitions and heirs each by itself: one of them may be unlogged while the rest is not. A digest is the sum of the
 * rows' own, so their order does not matter.
 */
export async function readContents(client: pg.Client): Promise<Contents> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    const contents: Record<string, Content> = {};
    for (const { name, rows, unlogged, partition } of await tables(client)) {
      const digest =
        rows > MOST_COMPARED
          ? ''
          : `, coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text AS digest`;
      const answer = await client.query<{ rows: string; digest?: string }>(
        `SELECT count(*) AS rows${digest} FROM ONLY ${name} AS t`,
      );
      const [row] = answer.rows;
      contents[name] = {
        rows: Number(row?.rows),
        ...(row?.digest === undefined ? {} : { digest: row.digest }),
        ...(unlogged && { unlogged }),
        ...(partition && { partition }),
      };
    }
    return contents;
  } finally {
    await client.query('ROLLBACK');
  }
}

async function tables(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Omit<Table, 'rows'> & { rows: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name, greatest(c.reltuples, 0)::bigint AS rows, c.relpersistence = 'u' AS unlogged, c.relispartition AS partition
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND c.relpersistence IN ('p', 'u')
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', $1) AND n.nspname !~ '^pg_'
     ORDER BY 1`,
    [DRILL_SCHEMA],
  );
  return rows.map((table) => ({ ...table, rows: Number(table.rows) }));
}

export async function makeMarkers(client: pg.Client): Promise<void> {
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${DRILL_SCHEMA}`);
  await client.query(
    `CREATE TABLE IF NOT EXISTS ${DRILL_SCHEMA}.markers (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp())`,
  );
}

export async function writeMarker(client: pg.Client): Promise<Marker> {
  const { rows } = await client.query<{ number: string }>(
    `INSERT INTO ${DRILL_SCHEMA}.markers DEFAULT VALUES RETURNING number`,
  );
  return { number: Number(rows[0]?.number), at: Date.now() };
}

/** Read before the first write: a sequence skips ahead after a recovery, a marker that is there does not. */
export async function readMarkers(client: pg.Client): Promise<number[]> {
  const there = await client.query('SELECT to_regclass($1) IS NOT NULL AS there', [`${DRILL_SCHEMA}.markers`]);
  if (there.rows[0]?.there !== true) return [];
  const { rows } = await client.query<{ number: string }>(`SELECT number FROM ${DRILL_SCHEMA}.markers ORDER BY number`);
  return rows.map(({ number }) => Number(number));
}

/** Whether the server takes a write for good. */
export async function tryWrite(client: pg.Client): Promise<void> {
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${DRILL_SCHEMA}`);
  await client.query(`CREATE TABLE IF NOT EXISTS ${DRILL_SCHEMA}.usable (at timestamptz NOT NULL)`);
  await client.query(`INSERT INTO ${DRILL_SCHEMA}.usable VALUES (now())`);
}
