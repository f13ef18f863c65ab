#!/usr/bin/env bash
# usage: promote.sh VERSION
# Opens the pull request that raises production to a release tag, and merges it: the approval was given to the workflow.
set -euo pipefail
version=$1
file=argocd/production/apps/gpu-cloud.yaml
branch=promote/$version

git switch --create "$branch"
yq --inplace ".spec.source.targetRevision = \"$version\"" "$file"
git -c user.name=deploy -c user.email=deploy@gpucloud.example commit --message "Promote $version to production" -- "$file"
git push --set-upstream origin "$branch"
gh pr create --title "Promote $version to production" --body "Run: $GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID" --base main
gh pr merge "$branch" --squash --auto
