#!/bin/sh
# Moves the lead to a synchronous standby before this member stops. Does nothing on a member that does not lead.
set -eu
curl --silent --fail --max-time 3 --cacert /etc/tls/ca.crt \
  --resolve postgres.data.svc:8008:127.0.0.1 https://postgres.data.svc:8008/leader >/dev/null || exit 0
exec timeout 60 patronictl -c /etc/patroni/patroni.yml switchover --leader "$PATRONI_NAME" --force gpucloud
