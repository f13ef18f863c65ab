DROP TABLE webhook_reconciliation, webhook_object, webhook_event;
