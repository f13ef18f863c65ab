DROP VIEW billing.drift_by_account;
DROP TABLE billing.reconciliations, billing.dead_letters, billing.payments, billing.ledger, billing.invoices, billing.usage_events;
DROP SCHEMA billing;
