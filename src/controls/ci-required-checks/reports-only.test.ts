import { expect, it } from 'vitest';
import { whyToothless } from '../../proofs/workflows/index.ts';
import { REPORTS_ONLY } from './reports-only.ts';

type Files = Readonly<Record<string, unknown>>;

/** Whether a command, with the variables it is given and the files of the repository, can fail. */
function canFail(command: string, given = '', files: Files = {}, directory?: string): boolean {
  const rules = REPORTS_ONLY.filter(({ commands }) => commands?.test(command) === true);
  return whyToothless(rules, `${command}\n${given}`, directory, new Map(Object.entries(files))) === undefined;
}

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

const soft = { 'soft-fail': true };

it.each<[string, Files, string?]>([
  ['checkov -d .', { '.checkov.yaml': soft }],
  ['checkov -d infra', { 'infra/.checkov.yml': soft }],
  ['checkov -d .', { 'infra/.checkov.yaml': soft }, 'infra'],
  ['checkov --config-file ci/checkov.yaml -d .', { 'ci/checkov.yaml': soft }],
  ['trivy image app:1', { 'trivy.yaml': { 'exit-code': 0 } }],
  ['trivy image app:1', { 'trivy.yaml': { severity: ['HIGH'] } }],
  ['trivy image --exit-code 0 app:1', { 'trivy.yaml': { 'exit-code': 1 } }],
  ['trivy image --config ci/trivy.yaml app:1', { 'trivy.yaml': { 'exit-code': 1 }, 'ci/trivy.yaml': {} }],
  ['grype app:1', { '.grype.yaml': { output: ['table'] } }],
])('%s stops nothing, by what %o say', (command, files, directory) =>
  expect(canFail(command, '', files, directory)).toBe(false),
);

it.each<[string, Files]>([
  ['checkov -d .', { '.checkov.yaml': { 'soft-fail': false } }],
  ['checkov -d .', { '.checkov.yaml': { ...soft, 'hard-fail-on': ['HIGH'] } }],
  ['checkov -d . --hard-fail-on HIGH', { '.checkov.yaml': soft }],
  ['checkov -d app', { 'infra/.checkov.yaml': soft }],
  ['trivy image app:1', { 'trivy.yaml': { 'exit-code': 1 } }],
  ['trivy image --config ci/trivy.yaml app:1', { 'ci/trivy.yaml': { 'exit-code': 1 } }],
  ['grype app:1', { '.grype.yaml': { 'fail-on-severity': 'high' } }],
])('%s can stop a change, by what %o say', (command, files) => expect(canFail(command, '', files)).toBe(true));
