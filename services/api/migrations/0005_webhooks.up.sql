-- As the webhook part of the kit writes it (WEBHOOK_TABLES).
CREATE TABLE webhook_event (
  provider     text        NOT NULL,
  event_id     text        NOT NULL,
  type         text        NOT NULL,
  object       text,
  version      numeric     NOT NULL,
  created_at   timestamptz NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now(),
  source       text        NOT NULL CHECK (source IN ('push', 'reconciliation')),
  state        text        NOT NULL CHECK (state IN ('applied', 'superseded', 'ignored', 'failed', 'dead')),
  attempts     integer     NOT NULL DEFAULT 1,
  last_error   text,
  payload      text,
  PRIMARY KEY (provider, event_id)
);
CREATE INDEX webhook_event_open ON webhook_event (provider, state) WHERE state IN ('failed', 'dead');
CREATE TABLE webhook_object (
  provider     text        NOT NULL,
  object       text        NOT NULL,
  version      numeric     NOT NULL,
  event_id     text        NOT NULL,
  PRIMARY KEY (provider, object)
);
CREATE TABLE webhook_reconciliation (
  provider     text        PRIMARY KEY,
  compared_to  timestamptz,
  leased_until timestamptz
);
-- Who uses it: the API receives and compares, retention forgets.
GRANT SELECT, INSERT, UPDATE ON webhook_event, webhook_object, webhook_reconciliation TO api;
GRANT SELECT, DELETE ON webhook_event TO retention;
