#!/bin/sh
# Streams a snapshot from a replica and stores it. The age of the newest object is what BackupTooOld watches.
set -eu
tls="--tls --cacert /etc/tls/ca.crt --cert /etc/tls/tls.crt --key /etc/tls/tls.key"
stamp=$(date -u +%Y%m%dT%H%M%SZ)

for member in redis-2 redis-1 redis-0; do
  # shellcheck disable=SC2086
  redis-cli $tls --user backup -h "$member.redis.data.svc" -p 6380 --rdb /tmp/dump.rdb && break
done
redis-check-rdb /tmp/dump.rdb
aws s3 cp /tmp/dump.rdb "s3://$BACKUP_BUCKET/redis/$stamp.rdb" --only-show-errors
