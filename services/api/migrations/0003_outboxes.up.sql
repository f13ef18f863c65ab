-- Two outboxes: what a service has to say stands in the transaction that made it true, and is sent after it.

-- To users, by notification-relay over Redis.
CREATE TABLE outbox (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  user_id text NOT NULL,
  type text NOT NULL CHECK (type ~ '^[a-z][a-z0-9_.]{0,63}$'),
  data jsonb NOT NULL CHECK (pg_column_size(data) <= 16384),
  request_id text CHECK (length(request_id) <= 128),
  traceparent text CHECK (length(traceparent) <= 128),
  tracestate text CHECK (length(tracestate) <= 512),
  created_at timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  last_error text CHECK (length(last_error) <= 500)
);
CREATE INDEX outbox_unpublished ON outbox (seq) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;
-- A client that comes back asks for what it missed.
CREATE INDEX outbox_user ON outbox (user_id, published_at);

CREATE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', '');
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION notify_outbox() FROM PUBLIC;
-- Once per statement; PostgreSQL folds equal notifications of a transaction into one.
CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_outbox();

-- To other services, by the API over NATS JetStream. The id is the message id, by which the stream drops a second publish.
CREATE TABLE event_outbox (
  id uuid PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  subject text NOT NULL CHECK (subject ~ '^[a-z][a-z0-9_.]{0,127}$'),
  payload jsonb NOT NULL CHECK (pg_column_size(payload) <= 65536),
  request_id text CHECK (length(request_id) <= 128),
  traceparent text CHECK (length(traceparent) <= 128),
  tracestate text CHECK (length(tracestate) <= 512),
  created_at timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz
);
CREATE INDEX event_outbox_unpublished ON event_outbox (seq) WHERE published_at IS NULL;
CREATE INDEX event_outbox_published ON event_outbox (published_at) WHERE published_at IS NOT NULL;

GRANT INSERT ON outbox TO billing;
GRANT SELECT ON outbox TO api;
GRANT SELECT ON outbox TO relay;
GRANT UPDATE (published_at, attempts, next_attempt_at, last_error) ON outbox TO relay;
GRANT SELECT, INSERT ON event_outbox TO api;
GRANT UPDATE (published_at) ON event_outbox TO api;
GRANT SELECT, DELETE ON outbox, event_outbox TO retention;
