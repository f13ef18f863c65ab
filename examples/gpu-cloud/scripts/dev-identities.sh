#!/bin/sh
# usage: dev-identities.sh FOLDER, in the image ops-tools
# A throw-away CA with one certificate for each part, the key of terminal tickets, and a seed for NATS. For development alone: keys are readable.
set -eu
cd "$1"
[ -f ca.crt ] && exit 0
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=development -keyout ca.key -out ca.crt
for name in edge api billing-worker notification-relay terminal-gateway; do
  printf 'subjectAltName=DNS:%s,DNS:localhost,URI:spiffe://development/%s\n' "$name" "$name" > "$name.ext"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$name.key" -out "$name.csr"
  openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile "$name.ext" -out "$name.crt"
done
openssl genpkey -algorithm ed25519 -out ticket.pem
openssl pkey -in ticket.pem -pubout -out ticket.pub
chmod 0644 ./*
