-- role: billing
-- book.find
SELECT tenant_id, user_id, instance_id, quantity, price_micros, (quantity * price_micros)::text AS amount_micros, currency,
       to_char(date_trunc('month', used_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD') AS period, used_at,
       EXISTS (SELECT FROM billing.ledger WHERE usage_event_id = usage_events.id) AS booked
     FROM billing.usage_events WHERE id = $1;

-- close.issue
UPDATE billing.invoices SET status = 'issued', issued_at = now(), updated_at = now()
     WHERE status = 'open' AND (period + interval '1 month') AT TIME ZONE 'UTC' + $1 * interval '1 ms' <= now();

-- dead.keep
INSERT INTO billing.dead_letters (message_id, subject, payload, headers, reason, deliveries)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (message_id) DO NOTHING;

-- ledger.enter
WITH entry AS (
       SELECT * FROM jsonb_to_recordset($4) AS entry (place int, event uuid, amount bigint, description text, user_id text, data jsonb,
         request_id text, traceparent text, tracestate text)),
     invoice AS (
       INSERT INTO billing.invoices AS invoice (tenant_id, period, currency, total_micros) SELECT $1, $2, $3, sum(amount) FROM entry
         ON CONFLICT (tenant_id, period, currency)
         DO UPDATE SET total_micros = invoice.total_micros + excluded.total_micros, updated_at = now() WHERE invoice.status = 'open'
         RETURNING id, total_micros),
     entered AS (
       INSERT INTO billing.ledger (tenant_id, invoice_id, usage_event_id, kind, amount_micros, currency, description, request_id)
         SELECT $1, invoice.id, event, 'usage', amount, $3, description, request_id FROM entry, invoice),
     word AS (
       INSERT INTO outbox (user_id, type, data, request_id, traceparent, tracestate)
         SELECT user_id, 'billing.usage_booked',
           data || jsonb_build_object('invoiceId', invoice.id, 'invoiceTotalMicros',
             (total_micros - sum(amount) OVER () + sum(amount) OVER (ORDER BY place))::text),
           request_id, traceparent, tracestate
         FROM entry, invoice ORDER BY place)
     SELECT id FROM invoice;

-- reconcile.compare
WITH span AS (SELECT now() - $1 * interval '1 ms' AS since, now() - $2 * interval '1 ms' AS until),
       events AS (
         SELECT event.id, event.recorded_at, event.quantity * event.price_micros AS metered, entry.amount_micros AS booked
         FROM billing.usage_events AS event LEFT JOIN billing.ledger AS entry ON entry.usage_event_id = event.id, span
         WHERE event.recorded_at >= span.since AND event.recorded_at < span.until)
       SELECT count(*) AS checked, count(*) FILTER (WHERE booked IS DISTINCT FROM metered) AS drifted,
         coalesce(sum(metered - coalesce(booked, 0)), 0)::text AS drift, (SELECT since FROM span) AS from, (SELECT until FROM span) AS to,
         (array_agg(id::text ORDER BY recorded_at, id) FILTER (WHERE booked IS NULL))[1:$3] AS lost
       FROM events;

-- reconcile.keep
INSERT INTO billing.reconciliations (source, period_from, period_to, checked, drifted, drift_micros, repaired, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- reconcile.lock
SELECT pg_try_advisory_xact_lock($1) AS held;

-- reconcile.months
SELECT tenant_id, to_char(period, 'YYYY-MM-DD') AS period, currency, total_micros::text AS total FROM billing.invoices;

-- totals.month
SELECT coalesce(round(sum(event.quantity::numeric * event.price_micros) / 10000), 0)::text AS metered,
       coalesce(round(sum(entry.amount_micros::numeric) / 10000), 0)::text AS booked
     FROM billing.usage_events AS event LEFT JOIN billing.ledger AS entry ON entry.usage_event_id = event.id
     WHERE event.used_at >= date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
