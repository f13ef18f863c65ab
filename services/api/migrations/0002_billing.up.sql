-- What was used, what it costs, what was asked to be paid. Amounts are millionths of the currency's main unit.
CREATE SCHEMA billing;
GRANT USAGE ON SCHEMA billing TO api, billing, retention;

-- Written by the API with the event that announces it, in one transaction; read by the worker, which finds drift by it.
CREATE TABLE billing.usage_events (
  id uuid PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenants,
  user_id text NOT NULL REFERENCES users,
  instance_id uuid NOT NULL REFERENCES instances,
  kind text NOT NULL CHECK (kind IN ('gpu_seconds')),
  quantity bigint NOT NULL CHECK (quantity > 0),
  price_micros integer NOT NULL CHECK (price_micros >= 0),
  currency char(3) NOT NULL,
  -- The end of what was used; decides the month it is billed in.
  used_at timestamptz(3) NOT NULL,
  recorded_at timestamptz(3) NOT NULL DEFAULT now(),
  -- The client's name for this report: the same report again is the same event.
  idempotency_key text NOT NULL CHECK (length(idempotency_key) BETWEEN 1 AND 128),
  request_id text,
  UNIQUE (instance_id, idempotency_key)
);
CREATE INDEX usage_events_recorded ON billing.usage_events (recorded_at, id);
CREATE INDEX usage_events_tenant ON billing.usage_events (tenant_id, recorded_at DESC, id DESC);

CREATE TABLE billing.invoices (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id text NOT NULL REFERENCES tenants,
  period date NOT NULL CHECK (extract(day FROM period) = 1),
  currency char(3) NOT NULL,
  total_micros bigint NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'issued', 'paid', 'void', 'uncollectible')),
  external_id text UNIQUE,
  issued_at timestamptz,
  paid_at timestamptz,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, period, currency)
);

-- Append-only: a mistake is corrected by another entry. A usage event is in it once at most.
CREATE TABLE billing.ledger (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id text NOT NULL REFERENCES tenants,
  invoice_id uuid NOT NULL REFERENCES billing.invoices,
  usage_event_id uuid UNIQUE REFERENCES billing.usage_events,
  kind text NOT NULL CHECK (kind IN ('usage', 'adjustment', 'payment', 'refund')),
  amount_micros bigint NOT NULL,
  currency char(3) NOT NULL,
  description text CHECK (length(description) <= 500),
  request_id text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  CHECK ((kind = 'usage') = (usage_event_id IS NOT NULL))
);
CREATE INDEX ledger_tenant ON billing.ledger (tenant_id, created_at DESC);
CREATE INDEX ledger_invoice ON billing.ledger (invoice_id);

-- What the payment provider says of an invoice, its latest word. Amounts are in the currency's minor unit, as the provider counts.
CREATE TABLE billing.payments (
  provider text NOT NULL CHECK (length(provider) <= 32),
  external_id text NOT NULL CHECK (length(external_id) <= 255),
  tenant_id text REFERENCES tenants,
  invoice_id uuid REFERENCES billing.invoices,
  status text NOT NULL CHECK (status IN ('succeeded', 'failed', 'void')),
  amount_minor bigint NOT NULL,
  currency char(3) NOT NULL,
  event_id text NOT NULL,
  occurred_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (provider, external_id)
);
CREATE INDEX payments_invoice ON billing.payments (invoice_id) WHERE invoice_id IS NOT NULL;

-- Messages that no attempt could process, kept until a person has decided.
CREATE TABLE billing.dead_letters (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id text NOT NULL UNIQUE,
  subject text NOT NULL,
  payload bytea NOT NULL CHECK (length(payload) <= 1048576),
  headers jsonb NOT NULL DEFAULT '{}',
  reason text NOT NULL,
  deliveries integer NOT NULL CHECK (deliveries >= 0),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  resolution text
);
CREATE INDEX dead_letters_open ON billing.dead_letters (created_at) WHERE resolved_at IS NULL;

-- Each comparison of what was metered with another source.
CREATE TABLE billing.reconciliations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source text NOT NULL,
  period_from timestamptz NOT NULL,
  period_to timestamptz NOT NULL,
  checked bigint NOT NULL CHECK (checked >= 0),
  drifted bigint NOT NULL CHECK (drifted >= 0),
  drift_micros bigint NOT NULL,
  repaired bigint NOT NULL DEFAULT 0 CHECK (repaired >= 0),
  detail jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE VIEW billing.drift_by_account AS
SELECT tenant_id AS account_id,
  round(sum(metered) / 10000)::bigint AS metered_cents,
  round(sum(booked) / 10000)::bigint AS ledger_cents
FROM (
  SELECT tenant_id, quantity::numeric * price_micros AS metered, 0::numeric AS booked FROM billing.usage_events
  UNION ALL
  SELECT tenant_id, 0::numeric, amount_micros::numeric FROM billing.ledger WHERE kind = 'usage'
) AS both_sides
GROUP BY tenant_id;

GRANT SELECT, INSERT ON billing.usage_events TO api;
GRANT SELECT ON billing.invoices, billing.ledger TO api;
GRANT SELECT, INSERT, UPDATE ON billing.payments TO api;
GRANT SELECT ON billing.payments TO billing;
GRANT SELECT ON billing.usage_events, billing.drift_by_account TO billing;
GRANT SELECT, INSERT, UPDATE ON billing.invoices TO billing;
GRANT SELECT, INSERT ON billing.ledger, billing.reconciliations TO billing;
GRANT SELECT, INSERT ON billing.dead_letters TO billing;
GRANT UPDATE (resolved_at, resolution) ON billing.dead_letters TO billing;
