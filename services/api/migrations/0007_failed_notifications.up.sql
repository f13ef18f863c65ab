-- migrate: no transaction
-- Whose notifications wait for one that has failed is asked with every batch: the few that have, apart from all that wait.
CREATE INDEX CONCURRENTLY outbox_failed ON outbox (user_id) WHERE published_at IS NULL AND attempts > 0;
