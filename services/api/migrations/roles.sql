-- The roles of the platform's database, applied by a superuser, connected to that database, before the first migration.
-- May be run again. Passwords are not here: `ALTER ROLE api_a PASSWORD …` comes from where secrets are kept.
--
-- A service is a group role without login and two login roles, NAME_a and NAME_b, so that a password rotates while the
-- other login works. A login role has no right of its own: the server makes it NAME as the session starts, which also
-- holds behind a pooler in transaction mode, where a client could not say `SET ROLE` for later statements. Its timeouts are the
-- server's half of every deadline.
DO $roles$
DECLARE
  service text;
  login text;
BEGIN
  FOREACH service IN ARRAY ARRAY['migrator', 'api', 'billing', 'relay', 'retention', 'revoker', 'replicator'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = service) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', service);
    END IF;
    EXECUTE format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', service);
    FOREACH login IN ARRAY ARRAY[service || '_a', service || '_b'] LOOP
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
        EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', login);
      END IF;
      EXECUTE format('ALTER ROLE %I LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', login);
      EXECUTE format('GRANT %I TO %I', service, login);
      IF service = 'replicator' THEN
        -- REPLICATION is an attribute, which is not inherited; a walsender keeps its own name.
        EXECUTE format('ALTER ROLE %I REPLICATION', login);
      ELSE
        EXECUTE format('ALTER ROLE %I SET role TO %L', login, service);
        EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout TO %L', login, '30s');
      END IF;
    END LOOP;
  END LOOP;

  FOREACH service IN ARRAY ARRAY['api', 'billing', 'relay'] LOOP
    FOREACH login IN ARRAY ARRAY[service || '_a', service || '_b'] LOOP
      EXECUTE format('ALTER ROLE %I SET statement_timeout TO %L', login, CASE service WHEN 'billing' THEN '60s' ELSE '20s' END);
      EXECUTE format('ALTER ROLE %I SET lock_timeout TO %L', login, '5s');
    END LOOP;
  END LOOP;

  EXECUTE format('ALTER DATABASE %I OWNER TO migrator', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  FOREACH service IN ARRAY ARRAY['migrator', 'api', 'billing', 'relay', 'retention', 'revoker', 'replicator'] LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I, %I', current_database(), service || '_a', service || '_b');
  END LOOP;
  ALTER SCHEMA public OWNER TO migrator;
  REVOKE ALL ON SCHEMA public FROM PUBLIC;
END
$roles$;
