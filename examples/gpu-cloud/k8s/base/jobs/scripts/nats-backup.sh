#!/bin/sh
# Snapshots every stream with its consumers, checks that each came out whole, and stores the archive.
set -eu
stamp=$(date -u +%Y%m%dT%H%M%SZ)
umask 077
printf '%s' "$NATS_NKEY_SEED" > /tmp/seed

nats --server tls://nats.data.svc:4222 --nkey /tmp/seed \
  --tlsca /etc/tls/ca.crt --tlscert /etc/tls/tls.crt --tlskey /etc/tls/tls.key \
  account backup /tmp/backup --consumers --check --force
tar -C /tmp -czf /tmp/nats.tgz backup
aws s3 cp /tmp/nats.tgz "s3://$BACKUP_BUCKET/nats/$stamp.tgz" --only-show-errors
