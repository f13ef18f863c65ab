import { heard } from '../shared/heard.ts';
import { digestOf, GENESIS } from './digest.ts';
import type { AuditEvent, AuditSink, LooseEvent, PgPool, PgQueryable } from './types.ts';

export interface AuditRoles {
  /** May append, and read: each event names the last one before it. */
  readonly writers: readonly string[];
  readonly readers: readonly string[];
}

/**
 * The table of the trail, for a migration run by its owner; may run again. Nobody may change or remove a line, however old: it is granted to
 * none, and a trigger refuses the owner too. What a superuser does all the same, or an owner who drops the trigger, the chain shows.
 */
export function auditDdl({ writers, readers }: AuditRoles): string {
  const grants = [
    ...[...new Set([...writers, ...readers])].map((role) => `GRANT SELECT ON audit_events TO ${identifier(role)};`),
    ...writers.map((role) => `GRANT INSERT ON audit_events TO ${identifier(role)};`),
  ];
  return `
CREATE TABLE IF NOT EXISTS audit_events (
  seq bigint PRIMARY KEY CHECK (seq > 0),
  id uuid NOT NULL UNIQUE,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  correlation_id text NOT NULL,
  hash text NOT NULL UNIQUE,
  prev text NOT NULL UNIQUE,
  event text NOT NULL CHECK (length(event) < 65536)
);
CREATE INDEX IF NOT EXISTS audit_events_at ON audit_events (at);
CREATE INDEX IF NOT EXISTS audit_events_actor ON audit_events (actor, at);
CREATE INDEX IF NOT EXISTS audit_events_target ON audit_events (target, at);
CREATE OR REPLACE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_events is append-only';
END $$;
CREATE OR REPLACE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse();
REVOKE ALL ON audit_events FROM PUBLIC;
${grants.join('\n')}
`;
}

/** Takes the trail with all its events away. */
export const AUDIT_DDL_DOWN = `
DROP TABLE IF EXISTS audit_events;
DROP FUNCTION IF EXISTS audit_events_refuse();
`;

const PAGE = 1000;
/** Writers wait for each other until the end of the transaction, since each event names the one before it. */
const LOCK = 'SELECT pg_advisory_xact_lock(5021984417730218)';

export function postgresAudit(pool: PgPool): AuditSink {
  return {
    async append(event, transaction) {
      if (transaction !== undefined) return appendIn(transaction, event);
      const client = heard(await pool.connect());
      let sound = false;
      try {
        await client.query('BEGIN');
        const appended = await appendIn(client, event);
        await client.query('COMMIT');
        sound = true;
        return appended;
      } finally {
        client.release(!sound);
      }
    },
  };
}

/** The statement that appends comes after the lock, so that under READ COMMITTED it sees the last event; under stricter levels the unique `prev` refuses. */
async function appendIn(client: PgQueryable, loose: LooseEvent): Promise<AuditEvent> {
  await client.query(LOCK);
  const { rows } = await client.query('SELECT seq, hash FROM audit_events ORDER BY seq DESC LIMIT 1');
  const last = rows[0];
  const unsealed = { ...loose, seq: Number(last?.['seq'] ?? 0) + 1, prev: String(last?.['hash'] ?? GENESIS) };
  const event: AuditEvent = { ...unsealed, hash: digestOf(unsealed) };
  await client.query(
    `INSERT INTO audit_events (seq, id, at, actor, action, target, correlation_id, hash, prev, event)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      event.seq,
      event.id,
      event.at,
      event.actor.id,
      event.action,
      `${event.target.kind}/${event.target.id}`,
      event.correlationId,
      event.hash,
      event.prev,
      JSON.stringify(event),
    ],
  );
  return event;
}

export interface ExportRange {
  /** Only events after this number; default: from the first. */
  readonly after?: number;
  /** Up to and with this number; default: to the last. */
  readonly until?: number;
}

/** The trail as JSON lines, oldest first, read in pages: what `verifyChain` takes, and `launchgate evidence add` as an attachment. */
export async function* exportAudit(
  client: PgQueryable,
  { after = 0, until }: ExportRange = {},
): AsyncGenerator<string> {
  for (let last = after; ;) {
    const { rows } = await client.query(
      'SELECT seq, event FROM audit_events WHERE seq > $1 AND ($2::bigint IS NULL OR seq <= $2) ORDER BY seq LIMIT $3',
      [last, until ?? null, PAGE],
    );
    for (const row of rows) yield `${String(row['event'])}\n`;
    last = Number(rows.at(-1)?.['seq'] ?? last);
    if (rows.length < PAGE) return;
  }
}

function identifier(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) throw new Error(`${JSON.stringify(name)} is no plain role name`);
  return `"${name}"`;
}
