/** What a MariaDB server holds: rows and checksum of each table, and the markers of a drill beside them. */
import type { Content, Contents, Marker } from '../../../model/drill/backups.ts';
import type { Sql } from '../../../model/drill/databases.ts';

/** Database of what drills write. It is left out of what is compared, and dropped when the run ends. */
export const DRILL_DATABASE = 'launchgate_drill';
const SYSTEM = ['mysql', 'sys', 'information_schema', 'performance_schema', DRILL_DATABASE];

export async function readContents(sql: Sql): Promise<Contents> {
  const tables = await sql.query(
    `SELECT table_schema AS db, table_name AS name, engine AS engine FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN (${SYSTEM.map(() => '?').join(', ')}) ORDER BY 1, 2`,
    SYSTEM,
  );
  const contents: Record<string, Content> = {};
  for (const { db, name, engine } of tables) {
    const table = `${quoted(db)}.${quoted(name)}`;
    const [counted] = await sql.query(`SELECT count(*) AS number FROM ${table}`);
    // https://mariadb.com/kb/en/checksum-table/
    const [summed] = await sql.query(`CHECKSUM TABLE ${table} EXTENDED`);
    contents[`${String(db)}.${String(name)}`] = {
      rows: Number(counted?.['number']),
      digest: String(summed?.['Checksum']),
      ...(engine === 'MEMORY' && { unlogged: true }),
    };
  }
  return contents;
}

export async function writeMarker(sql: Sql): Promise<Marker> {
  await sql.query(`CREATE DATABASE IF NOT EXISTS ${DRILL_DATABASE}`);
  await sql.query(
    `CREATE TABLE IF NOT EXISTS ${DRILL_DATABASE}.markers (number BIGINT AUTO_INCREMENT PRIMARY KEY, at TIMESTAMP(6) NOT NULL DEFAULT NOW(6)) ENGINE=InnoDB`,
  );
  await sql.query(`INSERT INTO ${DRILL_DATABASE}.markers () VALUES ()`);
  const [row] = await sql.query('SELECT last_insert_id() AS number');
  return { number: Number(row?.['number']), at: Date.now() };
}

export async function readMarkers(sql: Sql): Promise<number[]> {
  const there = await sql.query(
    `SELECT 1 FROM information_schema.tables WHERE table_schema = '${DRILL_DATABASE}' AND table_name = 'markers'`,
  );
  if (there.length === 0) return [];
  const rows = await sql.query(`SELECT number FROM ${DRILL_DATABASE}.markers ORDER BY number`);
  return rows.map(({ number }) => Number(number));
}

export async function tryWrite(sql: Sql): Promise<void> {
  await sql.query(`CREATE DATABASE IF NOT EXISTS ${DRILL_DATABASE}`);
  await sql.query(`CREATE TABLE IF NOT EXISTS ${DRILL_DATABASE}.usable (at TIMESTAMP(6) NOT NULL) ENGINE=InnoDB`);
  await sql.query(`INSERT INTO ${DRILL_DATABASE}.usable VALUES (NOW(6))`);
}

export async function dropMarkers(sql: Sql): Promise<void> {
  await sql.query(`DROP DATABASE IF EXISTS ${DRILL_DATABASE}`);
}

function quoted(name: unknown): string {
  return `\`${String(name).replaceAll('`', '``')}\``;
}
