-- role: relay
-- backlog.read
SELECT count(*) FILTER (WHERE NOT set_aside)::int AS waiting,
count(*) FILTER (WHERE set_aside)::int AS set_aside,
coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE NOT set_aside)), 0)::float8 AS oldest_seconds
FROM (SELECT created_at, next_attempt_at = 'infinity' AS set_aside FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT 10000) AS unpublished;

-- claim.ahead
SELECT DISTINCT user_id FROM outbox JOIN unnest($1::text[], $2::bigint[]) AS last (user_id, until) USING (user_id)
WHERE published_at IS NULL AND next_attempt_at < 'infinity' AND seq < until AND seq < $3 AND NOT id = ANY($4);

-- claim.due
SELECT *, pg_try_advisory_xact_lock(hashtextextended(user_id, 0)) AS own FROM (
  SELECT id, seq, user_id, type, data, request_id, traceparent, tracestate, created_at FROM outbox
  WHERE published_at IS NULL AND next_attempt_at <= now() AND user_id NOT IN (
    SELECT user_id FROM outbox
    WHERE published_at IS NULL AND attempts > 0 AND next_attempt_at > now() AND next_attempt_at < 'infinity')
  ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED) AS due ORDER BY seq;

-- refused.note
UPDATE outbox SET attempts = attempts + 1, last_error = $2, next_attempt_at =
  CASE WHEN attempts + 1 >= $3 THEN 'infinity' ELSE now() + interval '1 second' * 2 ^ attempts END
WHERE id = $1 RETURNING next_attempt_at = 'infinity' AS set_aside;

-- relay.mark
UPDATE outbox SET published_at = now(), attempts = attempts + 1 WHERE id = ANY($1);
