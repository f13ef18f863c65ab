DROP TABLE IF EXISTS denylist;
DROP FUNCTION IF EXISTS denylist_in_order();
DROP FUNCTION IF EXISTS denylist_changed();
DROP FUNCTION IF EXISTS denylist_refuse();
