#!/usr/bin/env bash
# usage: k6.sh SCRIPT [k6 options]
# k6 from the mirror, with the thresholds of the script as the exit code.
set -euo pipefail
script=$1
shift
exec docker run --rm --network host --volume "$PWD:/work" --workdir /work \
  --env SMOKE_CLIENT_SECRET --env OIDC_TOKEN_URL \
  111122223333.dkr.ecr.eu-central-1.amazonaws.com/mirror/k6@sha256:c43c2d20a81384de3b8582e6fa488d2a9ea43e44446eebc4c895ffec4fa59827 \
  run "$@" "$script"
