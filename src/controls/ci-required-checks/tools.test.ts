import { expect, it } from 'vitest';
import { REPORTS_ONLY, TOOLS } from './tools.ts';

/** What kinds of checks a command counts as. */
const kindsOf = (command: string): string[] => [
  ...new Set(TOOLS.filter(({ commands }) => commands?.test(command) === true).map(({ kind }) => kind)),
];

it.each([
  ['pnpm vitest run --shard=1/2', 'unit'],
  ['yarn jest --ci', 'unit'],
  ['pnpm --filter api test', 'unit'],
  ['pnpm eslint .', 'lint'],
  ['npm run ci', 'unit'],
  ['yarn ci', 'unit'],
  ['npm --prefix web test', 'unit'],
  ['npm audit --omit=dev', 'dependency'],
])('%s is %s', (command, kind) => expect(kindsOf(command)).toContain(kind));

it.each([
  'npm ci',
  'npm ci --ignore-scripts',
  'bun ci',
  'npm install -g eslint',
  'npm install --no-audit',
  'pnpm --dir web add -D vitest',
  'yarn add jest-junit',
  'yarn workspace web add jest',
  'npm cache verify',
  'pnpm javascript',
])('%s checks nothing', (command) => expect(kindsOf(command)).toEqual([]));

/** Whether a command, with the variables it is given, can fail. */
const canFail = (command: string, given = ''): boolean =>
  REPORTS_ONLY.every(({ commands, unless }) => commands?.test(command) !== true || unless.test(`${command}\n${given}`));

it.each([
  'trivy image app:1',
  'docker run --rm -v "$PWD:/w" aquasec/trivy:0.56.1 config /w',
  'grype app:1',
  'docker scout cves app:1',
  'checkov -d . --soft-fail',
  'docker run --rm bridgecrew/checkov:3.3.7 -d /work -s --compact',
  'kics scan -p . --ignore-on-exit results',
  'semgrep scan --config auto',
  'bandit -r src --exit-zero',
  'polaris audit --audit-path k8s',
  'govulncheck -format sarif ./...',
  'snyk monitor',
  'snyk container monitor app:1',
])('%s stops nothing', (command) => expect(canFail(command)).toBe(false));

it.each([
  'trivy image --exit-code 1 app:1',
  'docker run --rm aquasec/trivy:0.56.1 config --severity HIGH --exit-code=1 /w',
  'trivy fs -c trivy.yaml .',
  'grype app:1 --fail-on high',
  'grype dir:. -f critical',
  'checkov -d . --soft-fail-on LOW',
  'kics scan -p . --ignore-on-exit errors',
  'semgrep ci',
  'semgrep scan --error',
  'polaris audit --set-exit-code-on-danger true',
  'govulncheck ./...',
  'snyk test',
])('%s can stop a change', (command) => expect(canFail(command)).toBe(true));

it('takes what a variable says', () => expect(canFail('trivy image app:1', 'TRIVY_EXIT_CODE=1')).toBe(true));
