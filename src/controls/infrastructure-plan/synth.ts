import type { Patch, Subject } from '../../model/control.ts';
import type { Params, Planning } from './check.ts';

/** A workflow that plans on every change and every morning, where none does. Credentials are the repository's to fill in. */
export function synth(_subject: Subject, { backends, plans, hidden, environment }: Planning, _params: Params): Patch[] {
  if (
    plans.length + hidden.length > 0 ||
    backends.length === 0 ||
    backends.some(({ kind }) => kind === 'cloud' || kind === 'remote')
  )
    return [];
  if (backends.some(({ encrypted, locked }) => encrypted !== 'yes' || locked !== 'yes')) return [];
  const path = `.github/workflows/terraform-plan-${environment}.yml`;
  const content = workflowFor(
    environment,
    backends.map(({ root }) => root),
  );
  return [{ op: 'create-file', path, content, reason: 'no workflow plans the infrastructure' }];
}

function workflowFor(environment: string, roots: readonly string[]): string {
  return `# Plans ${environment} on every change and every morning. Exit status 2 of a scheduled run is drift.
name: Terraform plan, ${environment}
on:
  pull_request:
    paths: [${roots.map((root) => (root === '.' ? '"**.tf"' : `"${root}/**"`)).join(', ')}]
  schedule:
    - cron: "17 5 * * *"
permissions: {}
jobs:
  plan:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    permissions: { contents: read, id-token: write }
    strategy:
      matrix:
        root: [${roots.map((root) => JSON.stringify(root)).join(', ')}]
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with: { persist-credentials: false }
      - uses: aws-actions/configure-aws-credentials@e3dd6a429d7300a6a4c196c26e071d42e0343502 # v4.0.2
        with:
          role-to-assume: \${{ vars.TERRAFORM_PLAN_ROLE }}
          aws-region: \${{ vars.AWS_REGION }}
      - uses: hashicorp/setup-terraform@b9cd54a3c349d3f38e8881555d616ced269862dd # v3.1.2
        with: { terraform_wrapper: false }
      - name: Plan
        env:
          ROOT: \${{ matrix.root }}
        run: |
          terraform -chdir="$ROOT" init -input=false
          terraform -chdir="$ROOT" plan -input=false -lock=false -detailed-exitcode -out=plan
      - name: Keep what it says
        if: always()
        env:
          ROOT: \${{ matrix.root }}
        run: terraform -chdir="$ROOT" show -json plan > "$RUNNER_TEMP/plan.json"
`;
}
