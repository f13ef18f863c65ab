#!/usr/bin/env bash
# usage: rollback-rehearsal.sh ENVIRONMENT
# Rolls api and terminal-gateway back to the revision before and forward again while load runs; writes times and errors.
set -euo pipefail
environment=$1
mkdir -p evidence

rehearse() {
  local namespace=$1 rollout=$2 started finished
  started=$(date +%s)
  kubectl argo rollouts undo "$rollout" --namespace "$namespace"
  kubectl argo rollouts status "$rollout" --namespace "$namespace" --timeout 10m
  finished=$(date +%s)
  kubectl argo rollouts undo "$rollout" --namespace "$namespace"
  kubectl argo rollouts promote "$rollout" --namespace "$namespace" --full
  kubectl argo rollouts status "$rollout" --namespace "$namespace" --timeout 10m
  jq --null-input --arg rollout "$rollout" --arg environment "$environment" --argjson seconds "$((finished - started))" \
    '{rollout: $rollout, environment: $environment, rollbackSeconds: $seconds}' > "evidence/rollback-$rollout.json"
}

rehearse platform api
rehearse terminal terminal-gateway
