DROP TABLE event_outbox, outbox;
DROP FUNCTION notify_outbox();
