/** The tables, for a migration of the service's own. */

/**
 * - `webhook_event`: every event that was seen, by the provider's id: the idempotency key. A body is kept only of what could not be
 *   applied, so that it can be tried again; as text, because jsonb refuses some JSON.
 * - `webhook_object`: the newest event that was applied to each object, for order.
 * - `webhook_reconciliation`: how far each provider's listing was compared, and who is at it.
 */
export const WEBHOOK_TABLES = `
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
`;

export const WEBHOOK_TABLES_DOWN = 'DROP TABLE webhook_reconciliation, webhook_object, webhook_event;';
