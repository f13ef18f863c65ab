#!/usr/bin/env bash
# usage: smoke.sh API
# What must work before and after a release: sign-in, a read, a terminal ticket for the node of the smoke tenant ($SMOKE_NODE), refused calls.
set -euo pipefail
api=$1
token=$(curl --silent --fail --max-time 10 --data grant_type=client_credentials \
  --user "smoke:$SMOKE_CLIENT_SECRET" "$OIDC_TOKEN_URL" | jq --raw-output .access_token)

expect() {
  local want=$1 got
  shift
  got=$(curl --silent --output /dev/null --max-time 10 --write-out '%{http_code}' "$@")
  [ "$got" = "$want" ] || { echo "expected $want, got $got: ${*: -1}" >&2; exit 1; }
}

expect 401 "$api/api/v1/instances"
expect 200 --header "Authorization: Bearer $token" "$api/api/v1/instances?limit=1"
expect 201 --header "Authorization: Bearer $token" --header "Content-Type: application/json" --header "Origin: ${api/api./console.}" \
  --data "{\"nodeId\":\"$SMOKE_NODE\"}" "$api/api/v1/terminal/tickets"
expect 400 --request POST --data '{}' "$api/webhooks/stripe"
expect 404 "$api/metrics"
echo "smoke tests passed against $api"
