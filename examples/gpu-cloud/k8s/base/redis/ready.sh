#!/bin/sh
# Ready: a primary that takes writes, or a replica in step with its primary. Loading, or cut off from the primary, is not ready.
set -eu
info=$(REDISCLI_AUTH="$EXPORTER_PASSWORD" timeout 2 redis-cli --tls --cacert /etc/tls/ca.crt --cert /etc/tls/tls.crt --key /etc/tls/tls.key \
  -h 127.0.0.1 -p 6380 --user exporter info replication persistence | tr -d '\r')
echo "$info" | grep -q '^loading:0' || exit 1
echo "$info" | grep -q '^role:master' && exit 0
echo "$info" | grep -q '^master_link_status:up'
