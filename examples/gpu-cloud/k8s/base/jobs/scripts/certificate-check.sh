#!/bin/sh
# usage: certificate-check.sh ENDPOINTS
# Each line of ENDPOINTS: host:port, protocol (tls or postgres), lifetime in hours.
# Exits 1 when a served certificate cannot be verified or has less than a third of its life left.
set -eu
failed=0

while read -r endpoint protocol hours; do
  case "$endpoint" in '' | '#'*) continue ;; esac
  case "$protocol" in
    postgres) starttls="-starttls postgres" ;;
    *) starttls="" ;;
  esac
  host=${endpoint%%:*}
  # shellcheck disable=SC2086
  served=$(timeout 10 openssl s_client $starttls -connect "$endpoint" -servername "$host" -verify_hostname "$host" \
    -verify_return_error -CAfile /etc/tls/ca.crt -cert /etc/tls/tls.crt -key /etc/tls/tls.key </dev/null 2>/tmp/error) || {
    echo "{\"level\":\"error\",\"endpoint\":\"$endpoint\",\"message\":\"handshake or verification failed\"}"
    failed=1
    continue
  }
  if ! echo "$served" | openssl x509 -noout -checkend "$((hours * 3600 / 3))" >/dev/null; then
    left=$(echo "$served" | openssl x509 -noout -enddate)
    echo "{\"level\":\"error\",\"endpoint\":\"$endpoint\",\"message\":\"less than a third of its life left\",\"expires\":\"${left#notAfter=}\"}"
    failed=1
  fi
done < "$1"

exit "$failed"
