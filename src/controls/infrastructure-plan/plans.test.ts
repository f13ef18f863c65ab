import { describe, expect, it } from 'vitest';
import type { PlatformView } from '../../model/platform.ts';
import { readWorkflow } from '../../proofs/workflows/read.ts';
import type { Pipelines } from '../../proofs/workflows/index.ts';
import { planningJobs, unreadPlanners } from './plans.ts';

const FILES = ['infra/network/main.tf', 'infra/data/main.tf', 'modules/bucket/main.tf'];
const ROOTS = ['infra/network', 'infra/data'];

function pipelines(...steps: object[]): Pipelines {
  return of({ plan: { steps } });
}

function of(jobs: object): Pipelines {
  const path = '.github/workflows/infra.yml';
  const data = { on: 'pull_request', jobs };
  return {
    workflows: [readWorkflow({ path, class: 'github-workflow', origin: { path, pointer: [] }, data })],
    actions: [],
  };
}

function rootsIn(...steps: object[]): unknown[] {
  const view = { files: () => FILES } as Partial<PlatformView> as PlatformView;
  return planningJobs(view, pipelines(...steps), ROOTS).map(({ roots }) => roots ?? 'perhaps all');
}

describe('what a job plans', () => {
  it.each([
    ['terraform -chdir=infra/data plan -input=false', ['infra/data']],
    ['terraform -chdir="infra/data" -no-color plan', ['infra/data']],
    ['cd infra/network && tofu plan', ['infra/network']],
    ['cd "$GITHUB_WORKSPACE/infra/network"\nterraform plan', ['infra/network']],
    ['terraform -chdir=modules/bucket plan', []],
  ])('%s', (run, roots) => expect(rootsIn({ run })).toEqual([roots]));

  it.each([
    'for root in infra/*; do terraform -chdir=$root plan; done',
    '(cd infra/network && terraform plan); (cd infra/data && terraform plan)',
    'cd checkout/infra && terraform plan',
    'terraform -chdir=${{ inputs.root }} plan',
    'terragrunt run-all plan',
    'terramate run -- terraform plan',
    'cdktf diff prod',
  ])('is not told by %s', (run) => expect(rootsIn({ run })).toEqual(['perhaps all']));

  it.each([
    'terraform apply plan.out',
    'terraform -chdir=infra/data show -json plan > plan.json',
    'terragrunt apply plan.out',
    'terraform fmt -check plan/',
  ])('is nothing for %s', (run) => expect(rootsIn({ run })).toEqual([]));

  it('is where the step or the action is told to work', () => {
    expect(rootsIn({ run: 'terraform plan', 'working-directory': './infra/data/' })).toEqual([['infra/data']]);
    expect(rootsIn({ uses: 'dflook/terraform-plan@v2', with: { path: 'infra/network' } })).toEqual([['infra/network']]);
  });
});

describe('what may plan and is not read', () => {
  const setup = { uses: 'hashicorp/setup-terraform@v3' };
  it.each([
    ['a target beside Terraform', pipelines(setup, { run: 'make check' }), ['make check']],
    ['a script of a telling name', pipelines({ run: './scripts/tf-plan.sh prod' }), ['./scripts/tf-plan.sh prod']],
    [
      'an action',
      pipelines({ uses: 'cloudposse/github-action-atmos-terraform-plan@v5' }),
      ['cloudposse/github-action-atmos-terraform-plan'],
    ],
    [
      'a workflow elsewhere',
      of({ go: { uses: 'shop/ci/.github/workflows/rollout.yml@v1' } }),
      ['shop/ci/.github/workflows/rollout.yml'],
    ],
    ['a test suite', pipelines({ run: 'npm test' }), []],
    [
      'a linter beside Terraform',
      pipelines(setup, { uses: 'terraform-linters/setup-tflint@v4' }, { run: 'tflint' }),
      [],
    ],
    ['a scan elsewhere', of({ go: { uses: 'shop/ci/.github/workflows/codeql.yml@v1' } }), []],
  ])('%s', (_, read, calls) => expect(unreadPlanners(read)).toEqual(calls));
});

it('reads a hostile command at once', () => {
  const started = performance.now();
  rootsIn(
    { run: `terraform -chdir=${'${{x}}'.repeat(20_000)} ` },
    { run: `terraform -chdir=${'${{'.repeat(20_000)} plan` },
  );
  expect(performance.now() - started).toBeLessThan(2000);
});
