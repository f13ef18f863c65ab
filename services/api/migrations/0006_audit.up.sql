-- As the audit part of the kit writes it (auditDdl), for these roles.
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
GRANT SELECT ON audit_events TO "api";
GRANT INSERT ON audit_events TO "api";
-- As people ask for it (audit.events of the runbooks). Read by the owner of the schema and by nobody else.
CREATE SCHEMA audit;
CREATE VIEW audit.events AS
SELECT at, actor, action, target AS object, event::jsonb ->> 'outcome' AS result, correlation_id AS request_id, seq, id, event::jsonb AS event
FROM audit_events;
