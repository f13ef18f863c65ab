#!/usr/bin/env bash
# usage: argocd-wait.sh ENVIRONMENT VERSION SECONDS
# Waits until the environment runs the release and is healthy; fails at once when a rollout is aborted.
set -euo pipefail
environment=$1 version=$2 seconds=$3
app=gpu-cloud-$environment
commit=$(git rev-list --max-count=1 "$version")

argocd app wait "$app" --sync --health --timeout "$seconds" --grpc-web
running=$(argocd app get "$app" --output json --grpc-web | jq --raw-output .status.sync.revision)
if [ "$environment" = production ] && [ "$running" != "$commit" ]; then
  echo "$app runs $running, expected $commit ($version)" >&2
  exit 1
fi
echo "$app runs $running and is healthy"
