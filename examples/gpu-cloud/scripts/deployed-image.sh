#!/usr/bin/env bash
# usage: deployed-image.sh ENVIRONMENT IMAGE
# Prints the reference that the overlay of the environment deploys.
set -euo pipefail
overlay=k8s/overlays/$1/kustomization.yaml image=$2
image=$image yq --exit-status '.images[] | select(.name == strenv(image)) | .newName + (("@" + .digest) // (":" + .newTag))' "$overlay"
