import { KINDS } from './types.ts';

export interface DenylistRoles {
  /** May read: the services that follow the table. */
  readonly readers: readonly string[];
  /** May read and append: whoever revokes. */
  readonly writers: readonly string[];
}

const LARGEST_LOCK_WAIT = '5s';

/**
 * The durable source, for a migration run by the owner of the schema; may run again. Appending is all that anybody can do: no role is granted
 * more, and triggers refuse the owner too. Appends wait for each other, so that ids become visible in their order and a
 * reader that has seen one has seen all before it.
 */
export function denylistDdl({ readers, writers }: DenylistRoles): string {
  const kinds = KINDS.map((kind) => `'${kind}'`).join(', ');
  const grants = [
    ...[...new Set([...readers, ...writers])].map((role) => `GRANT SELECT ON denylist TO ${identifier(role)};`),
    ...writers.map(
      (role) =>
        `GRANT INSERT (kind, value, issued_before, until, lifts, revoked_by, reason, incident) ON denylist TO ${identifier(role)};`,
    ),
  ];
  return `
CREATE TABLE IF NOT EXISTS denylist (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  mark uuid NOT NULL DEFAULT gen_random_uuid(),
  kind text NOT NULL CHECK (kind IN (${kinds})),
  value text NOT NULL CHECK (length(value) BETWEEN 1 AND 512),
  issued_before bigint CHECK (issued_before >= 0),
  until timestamptz NOT NULL,
  lifts bigint UNIQUE,
  revoked_by text NOT NULL CHECK (length(revoked_by) BETWEEN 1 AND 256),
  reason text NOT NULL CHECK (length(btrim(reason)) BETWEEN 1 AND 1024),
  incident text CHECK (length(incident) <= 256),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  database_user text NOT NULL DEFAULT session_user,
  CHECK ((kind LIKE '%issued-before') = (issued_before IS NOT NULL)),
  UNIQUE (id, kind, value),
  FOREIGN KEY (lifts, kind, value) REFERENCES denylist (id, kind, value)
);
CREATE INDEX IF NOT EXISTS denylist_until ON denylist (until);

CREATE OR REPLACE FUNCTION denylist_in_order() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = '${LARGEST_LOCK_WAIT}' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310594021482917);
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION denylist_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('denylist', '');
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION denylist_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'denylist is append-only: to undo an entry, append one that lifts it';
END $$;

CREATE OR REPLACE TRIGGER denylist_in_order BEFORE INSERT ON denylist FOR EACH STATEMENT EXECUTE FUNCTION denylist_in_order();
CREATE OR REPLACE TRIGGER denylist_changed AFTER INSERT ON denylist FOR EACH STATEMENT EXECUTE FUNCTION denylist_changed();
CREATE OR REPLACE TRIGGER denylist_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON denylist FOR EACH STATEMENT EXECUTE FUNCTION denylist_refuse();
REVOKE ALL ON denylist FROM PUBLIC;
${grants.join('\n')}
`;
}

/** Takes the table with all its entries away. */
export const DENYLIST_DDL_DOWN = `
DROP TABLE IF EXISTS denylist;
DROP FUNCTION IF EXISTS denylist_in_order();
DROP FUNCTION IF EXISTS denylist_changed();
DROP FUNCTION IF EXISTS denylist_refuse();
`;

function identifier(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) throw new Error(`${JSON.stringify(name)} is no plain role name`);
  return `"${name}"`;
}
