#!/bin/sh
# Writes what this member needs before it starts: who leads now, and the passwords that Sentinel keeps in its own file.
# The copy is in memory and dies with the pod.
set -eu
own="$(hostname).redis.data.svc"

leader=""
for member in redis-0 redis-1 redis-2; do
  [ "$member" = "$(hostname)" ] && continue
  leader=$(timeout 3 redis-cli --tls --cacert /etc/tls/ca.crt --cert /etc/tls/tls.crt --key /etc/tls/tls.key \
    -h "$member.redis.data.svc" -p 26380 --raw sentinel get-master-addr-by-name realtime 2>/dev/null | head -n 1) || true
  [ -n "$leader" ] && break
done
# Nobody answers: a first start, or all three down. The lowest ordinal leads; Sentinel moves on from there.
leader="${leader:-redis-0.redis.data.svc}"

umask 077
{
  printf 'replica-announce-ip %s\n' "$own"
  printf 'masteruser replica\nmasterauth %s\n' "$REPLICA_PASSWORD"
  [ "$leader" = "$own" ] || printf 'replicaof %s 6380\n' "$leader"
} > /run/sentinel/replica.conf

sed "s/^sentinel monitor realtime [^ ]*/sentinel monitor realtime $leader/" /etc/redis/sentinel.conf > /run/sentinel/sentinel.conf
{
  printf 'sentinel announce-ip %s\n' "$own"
  printf 'sentinel auth-pass realtime %s\n' "$SENTINEL_PASSWORD"
} >> /run/sentinel/sentinel.conf
