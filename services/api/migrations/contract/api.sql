-- role: api
-- account.list
SELECT u.id, u.tenant_id, t.name AS tenant_name, u.status, u.created_at
FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id > $1 ORDER BY u.id LIMIT $2;

-- account.profile
SELECT u.id, u.tenant_id, t.name AS tenant_name, u.status, u.created_at
FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = $1;

-- account.readmit
INSERT INTO denylist (kind, value, until, lifts, revoked_by, reason) SELECT kind, value, until, id, $2, $3 FROM denylist d
WHERE kind = 'subject' AND value = $1 AND incident = 'suspension' AND lifts IS NULL AND until > now() AND NOT EXISTS (SELECT FROM denylist l WHERE l.lifts = d.id);

-- account.setStatus
UPDATE users SET status = $2, updated_at = now() WHERE id = $1 RETURNING id, tenant_id, status;

-- account.standing
SELECT CASE WHEN t.status = 'active' THEN u.status ELSE t.status END AS status
FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE u.id = $1 AND u.tenant_id = $2;

-- account.tenantSeen
INSERT INTO tenants (id, name) VALUES ($1, $1) ON CONFLICT (id) DO NOTHING;

-- account.userSeen
INSERT INTO users (id, tenant_id) VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET tenant_id = excluded.tenant_id, updated_at = now();

-- billing.entries
SELECT id, kind, amount_micros, currency, description, usage_event_id, created_at FROM billing.ledger
WHERE invoice_id = $1 AND tenant_id = $2 ORDER BY id DESC LIMIT 500;

-- billing.invoice
SELECT id, to_char(period, 'YYYY-MM') AS period, currency, total_micros, external_id, issued_at, created_at,
CASE WHEN paid.at IS NULL THEN status ELSE 'paid' END AS status, coalesce(paid_at, paid.at) AS paid_at FROM billing.invoices AS i
LEFT JOIN LATERAL (SELECT min(p.occurred_at) AS at FROM billing.payments p WHERE p.invoice_id = i.id AND p.status = 'succeeded') AS paid ON true WHERE id = $1 AND tenant_id = $2;

-- billing.invoices
SELECT id, to_char(period, 'YYYY-MM') AS period, currency, total_micros, external_id, issued_at, created_at,
CASE WHEN paid.at IS NULL THEN status ELSE 'paid' END AS status, coalesce(paid_at, paid.at) AS paid_at FROM billing.invoices AS i
LEFT JOIN LATERAL (SELECT min(p.occurred_at) AS at FROM billing.payments p WHERE p.invoice_id = i.id AND p.status = 'succeeded') AS paid ON true
WHERE tenant_id = $1 AND (created_at, id) < ($2::timestamptz, $3::uuid) ORDER BY created_at DESC, id DESC LIMIT $4;

-- billing.summary
SELECT coalesce(sum(amount_micros), 0)::text AS month_micros, count(*)::int AS entries,
(SELECT count(*)::int FROM instances WHERE tenant_id = $1 AND status IN ('pending', 'running')) AS running
FROM billing.ledger WHERE tenant_id = $1 AND created_at >= date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';

-- denylist.find
SELECT d.id::int AS id, d.reason, d.at FROM denylist d
WHERE d.kind = $1 AND d.value = $2 AND d.lifts IS NULL AND d.until > now() AND NOT EXISTS (SELECT FROM denylist l WHERE l.lifts = d.id)
ORDER BY d.id LIMIT 1;

-- instance.addLabel
INSERT INTO labels (tenant_id, label, created_by) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, label) DO NOTHING RETURNING id, label, created_at;

-- instance.endTerminals
INSERT INTO denylist (kind, value, until, revoked_by, reason)
SELECT 'session', id::text, now() + $4::float8 * interval '1 millisecond', $5, 'the rental of its node has ended' FROM terminal_sessions
WHERE node_id = $1 AND tenant_id = $2 AND created_at >= greatest($3::timestamptz, now() - $4::float8 * interval '1 millisecond');

-- instance.find
SELECT id, tenant_id, user_id, node_id, region, label, status, price_micros, currency, created_at, ready_at, ended_at FROM instances WHERE id = $1 AND tenant_id = $2;

-- instance.findLabel
SELECT id, label, created_at FROM labels WHERE tenant_id = $1 AND label = $2;

-- instance.free
UPDATE nodes SET status = 'available', updated_at = now() WHERE id = $1 AND status = 'rented';

-- instance.list
SELECT id, tenant_id, user_id, node_id, region, label, status, price_micros, currency, created_at, ready_at, ended_at FROM instances
WHERE tenant_id = $1 AND (created_at, id) < ($2::timestamptz, $3::uuid) ORDER BY created_at DESC, id DESC LIMIT $4;

-- instance.rent
INSERT INTO instances (tenant_id, user_id, node_id, region, label, status, price_micros)
VALUES ($1, $2, $3, $4, $5, 'pending', $6) RETURNING id, tenant_id, user_id, node_id, region, label, status, price_micros, currency, created_at, ready_at, ended_at;

-- instance.stop
UPDATE instances SET status = 'stopped', ended_at = now()
WHERE id = $1 AND tenant_id = $2 AND status IN ('pending', 'running') RETURNING id, tenant_id, user_id, node_id, region, label, status, price_micros, currency, created_at, ready_at, ended_at;

-- instance.take
UPDATE nodes SET status = 'rented', updated_at = now() WHERE id = $1 AND status = 'available' RETURNING region, host(address) AS address, agent_port;

-- node.change
UPDATE nodes SET labels = coalesce($2, labels), updated_at = now(), status = CASE
  WHEN $3 = 'available' AND EXISTS (SELECT FROM instances WHERE node_id = $1 AND instances.status IN ('pending', 'running')) THEN 'rented'
  ELSE coalesce($3, status) END WHERE id = $1 RETURNING id, name, host(address) AS address, agent_port, region, gpu_model, gpu_count, labels, status, probed_at, probe_outcome, created_at;

-- node.find
SELECT id, name, host(address) AS address, agent_port, region, gpu_model, gpu_count, labels, status, probed_at, probe_outcome, created_at FROM nodes WHERE id = $1;

-- node.hold
SELECT FROM nodes WHERE id = $1 FOR UPDATE;

-- node.insert
INSERT INTO nodes (name, address, agent_port, region, gpu_model, gpu_count, labels)
VALUES ($1, $2::inet, $3, $4, $5, $6, $7) RETURNING id, name, host(address) AS address, agent_port, region, gpu_model, gpu_count, labels, status, probed_at, probe_outcome, created_at;

-- node.list
SELECT id, name, host(address) AS address, agent_port, region, gpu_model, gpu_count, labels, status, probed_at, probe_outcome, created_at FROM nodes
WHERE ($1::text IS NULL OR status = $1) AND (created_at, id) < ($2::timestamptz, $3::uuid) ORDER BY created_at DESC, id DESC LIMIT $4;

-- node.probed
UPDATE nodes SET probed_at = now(), probe_outcome = $2, updated_at = now() WHERE id = $1;

-- payment.put
INSERT INTO billing.payments (provider, external_id, tenant_id, invoice_id, status, amount_minor, currency, event_id, occurred_at)
VALUES ('stripe', $1, (SELECT id FROM tenants WHERE id = $2), (SELECT id FROM billing.invoices WHERE id = $3 AND tenant_id = $2), $4, $5, $6, $7, $8)
ON CONFLICT (provider, external_id) DO UPDATE SET status = excluded.status, amount_minor = excluded.amount_minor,
tenant_id = coalesce(excluded.tenant_id, payments.tenant_id), invoice_id = coalesce(excluded.invoice_id, payments.invoice_id),
event_id = excluded.event_id, occurred_at = excluded.occurred_at, updated_at = now() WHERE NOT ($9 AND excluded.status = 'failed');

-- provisioning.oldest
SELECT region, extract(epoch FROM now() - min(created_at))::float8 AS age FROM instances WHERE status = 'pending' GROUP BY region;

-- provisioning.pending
SELECT i.id, i.region, host(n.address) AS address, n.agent_port FROM instances i JOIN nodes n ON n.id = i.node_id
WHERE i.status = 'pending' ORDER BY i.created_at DESC;

-- provisioning.ready
UPDATE instances SET status = 'running', ready_at = now() WHERE id = $1 AND status = 'pending' RETURNING id, tenant_id, user_id, node_id, region, label, status, price_micros, currency, created_at, ready_at, ended_at;

-- publisher.backlog
SELECT count(*)::int AS waiting, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest_seconds
FROM (SELECT created_at FROM event_outbox WHERE published_at IS NULL ORDER BY seq LIMIT 10000) AS unpublished;

-- publisher.claim
SELECT id, subject, payload, request_id, traceparent, tracestate FROM event_outbox
WHERE published_at IS NULL ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED;

-- publisher.done
UPDATE event_outbox SET published_at = now() WHERE id = ANY($1::uuid[]);

-- replay.anchor
SELECT coalesce(published_at, created_at) AS at FROM outbox WHERE id = $1 AND user_id = $2 AND created_at > now() - interval '1 day';

-- replay.since
SELECT id, type, data, created_at, request_id, traceparent FROM outbox
WHERE user_id = $1 AND ($2::uuid IS NULL OR id <> $2) AND (published_at >= $3 OR (published_at IS NULL AND next_attempt_at < 'infinity')) ORDER BY published_at NULLS LAST, seq LIMIT 101;

-- ticket.node
SELECT n.id, host(n.address) AS address, n.agent_port, EXISTS (
  SELECT FROM instances i WHERE i.node_id = n.id AND i.tenant_id = $2 AND i.status = 'running') AS rented
FROM nodes n WHERE n.id = $1 AND n.status <> 'retired';

-- ticket.open
INSERT INTO terminal_sessions (id, tenant_id, user_id, node_id, request_id) VALUES ($1, $2, $3, $4, $5);

-- ticket.openInRental
INSERT INTO terminal_sessions (id, tenant_id, user_id, node_id, request_id)
SELECT $1::uuid, $2, $3, $4::uuid, $5 FROM instances WHERE node_id = $4::uuid AND tenant_id = $2 AND status = 'running' FOR SHARE RETURNING id;

-- ticket.session
SELECT id FROM terminal_sessions s WHERE id = $1 AND user_id = $2 AND node_id = $3 AND NOT EXISTS (
  SELECT FROM instances i WHERE i.node_id = s.node_id AND i.tenant_id = s.tenant_id AND i.ended_at >= s.created_at);

-- usage.announce
INSERT INTO event_outbox (id, subject, payload, request_id, traceparent, tracestate) VALUES ($1, $2, $3, $4, $5, $6);

-- usage.list
SELECT id, instance_id, quantity, price_micros, currency, used_at, recorded_at AS created_at FROM billing.usage_events
WHERE tenant_id = $1 AND (recorded_at, id) < ($2::timestamptz, $3::uuid) ORDER BY recorded_at DESC, id DESC LIMIT $4;

-- usage.record
INSERT INTO billing.usage_events
(id, tenant_id, user_id, instance_id, kind, quantity, price_micros, currency, used_at, idempotency_key, request_id)
VALUES ($1, $2, $3, $4, 'gpu_seconds', $5, $6, $7, $8, $9, $10)
ON CONFLICT (instance_id, idempotency_key) DO NOTHING RETURNING recorded_at;

-- usage.recorded
SELECT id, quantity, used_at, recorded_at FROM billing.usage_events WHERE instance_id = $1 AND idempotency_key = $2;

-- usage.rental
SELECT user_id, price_micros, currency, ready_at, ended_at FROM instances WHERE id = $1 AND tenant_id = $2;

-- role: retention
-- retention.eventOutbox
DELETE FROM event_outbox WHERE id IN
(SELECT id FROM event_outbox WHERE published_at < now() - $2::float8 * interval '1 millisecond' ORDER BY published_at LIMIT $1);

-- retention.outbox
DELETE FROM outbox WHERE id IN
(SELECT id FROM outbox WHERE published_at < now() - $2::float8 * interval '1 millisecond' ORDER BY published_at LIMIT $1);

-- retention.sessions
DELETE FROM terminal_sessions WHERE id IN
(SELECT id FROM terminal_sessions WHERE created_at < now() - $2::float8 * interval '1 millisecond' ORDER BY created_at LIMIT $1);

-- retention.webhookEvents
DELETE FROM webhook_event WHERE (provider, event_id) IN
(SELECT provider, event_id FROM webhook_event WHERE received_at < now() - $2::float8 * interval '1 millisecond' AND state <> 'dead' LIMIT $1);
