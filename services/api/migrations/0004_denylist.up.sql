-- As the deny-list part of the kit writes it (denylistDdl), for these roles.
CREATE TABLE IF NOT EXISTS denylist (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  mark uuid NOT NULL DEFAULT gen_random_uuid(),
  kind text NOT NULL CHECK (kind IN ('token', 'subject', 'session', 'tenant', 'key', 'issued-before', 'subject-issued-before', 'tenant-issued-before')),
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

CREATE OR REPLACE FUNCTION denylist_in_order() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
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
GRANT SELECT ON denylist TO "api";
GRANT SELECT ON denylist TO "revoker";
GRANT INSERT (kind, value, issued_before, until, lifts, revoked_by, reason, incident) ON denylist TO "api";
GRANT INSERT (kind, value, issued_before, until, lifts, revoked_by, reason, incident) ON denylist TO "revoker";
