DROP TABLE terminal_sessions, labels, instances, nodes, users, tenants;
REVOKE USAGE ON SCHEMA public FROM api, billing, relay, retention, revoker;
