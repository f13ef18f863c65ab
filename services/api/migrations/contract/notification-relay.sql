-- role: relay
-- backlog.read
SELECT count(*)::int AS waiting,
coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest_seconds
FROM (SELECT created_at FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT 10000) AS unpublished;

-- relay.claim
SELECT id, user_id, type, data, request_id, traceparent, tracestate, created_at FROM outbox
     WHERE published_at IS NULL AND next_attempt_at <= now() ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED;

-- relay.mark
UPDATE outbox SET published_at = now(), attempts = attempts + 1 WHERE id = ANY($1);
