import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PolicyInput } from '../../src/model/policy.ts';
import type { Decision } from '../../src/model/report.ts';
import { budget, DIGEST, expectCode, service, SPEC, Workspace, type Answer, type Surroundings } from './workspace.ts';

/** Gates small enough that each test knows every reason: static, with a report from outside, with sign-offs, with a drill. */
export const GATES: PolicyInput['gates'] = [
  {
    name: 'static',
    environment: 'production',
    requires: [{ controls: ['disruption-budget'], halves: ['check'] }],
  },
  {
    name: 'scanned',
    environment: 'production',
    requires: [{ controls: ['vulnerability-policy'] }],
  },
  {
    name: 'signed',
    environment: 'production',
    requires: [{ controls: ['disruption-budget'], halves: ['check'] }],
    signOffs: [{ topic: 'infrastructure', roles: ['security-lead'] }],
  },
  {
    name: 'drilled',
    environment: 'production',
    requires: [{ controls: ['disruption-budget'], halves: ['drill'] }],
  },
];

/** A committed platform that holds, under a policy of Ana's and Bo's in which either may sign reports. */
export async function gated(files: Readonly<Record<string, string>> = {}): Promise<Workspace> {
  const world = new Workspace({
    'launchgate.yaml': SPEC,
    'deploy/api.yaml': service('api'),
    'deploy/budget.yaml': budget('api'),
    ...files,
  });
  if (isInTest()) onTestFinished(() => world.remove());
  world.commit('The platform');
  const bo = await world.enrolled('bo');
  await world.foundPolicy((policy) => ({
    ...policy,
    people: [
      ...policy.people,
      { id: 'bo', name: 'Bo', email: 'bo@example.com', roles: ['operator', 'security-lead'] },
      { id: 'dev', name: 'Dev', email: 'dev@example.com', roles: ['security-lead'] },
    ],
    keys: [...policy.keys, bo],
    gates: GATES,
    waivers: { maxDays: 30, maxTotalDays: 40, approvers: ['owner', 'security-lead'] },
    exclusions: { maxDays: 180, approvers: ['owner', 'security-lead'] },
    breakGlass: { quorum: 2, maxHours: 4, approvers: ['owner', 'security-lead'] },
  }));
  world.commit('Found the policy');
  return world;
}

function isInTest(): boolean {
  try {
    onTestFinished(() => undefined);
    return true;
  } catch {
    return false;
  }
}

/** A gate's decision as its JSON names it. */
export async function decide(
  world: Workspace,
  gate: string,
  around: Surroundings = {},
): Promise<{ readonly answer: Answer; readonly decision: Decision; readonly reasons: string }> {
  const answer = await world.launchgate(`gate ${gate} -f json`, around);
  if (answer.code === 2) throw new Error(answer.err);
  const decision = JSON.parse(answer.out) as Decision;
  const reasons = [...decision.requirements, ...decision.blocks].map(({ because }) => because).join('\n');
  return { answer, decision, reasons };
}

/** A JUnit report of two tests that passed, which names no time. */
export const JUNIT =
  '<testsuites><testsuite name="a" tests="2" failures="0"><testcase name="x"/><testcase name="y"/></testsuite></testsuites>';
/** One that is older than any commit of a workspace. */
export const OLD_JUNIT = '<testsuite timestamp="2026-01-01T00:00:00Z"><testcase name="x"/></testsuite>';

/** A SARIF report of a scanner that looked and found these. */
export function sarif(results: readonly { readonly ruleId: string; readonly severity: string }[] = []): string {
  const rules = [{ ruleId: 'CVE-2026-0001', severity: '9.8' }, ...results].map(({ ruleId, severity }) => ({
    id: ruleId,
    properties: { 'security-severity': severity },
  }));
  const found = results.map(({ ruleId }) => ({ ruleId, level: 'error', message: { text: `${ruleId} in libfoo` } }));
  return JSON.stringify({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'scanner', version: '1.2.3', rules } }, results: found }],
  });
}

/** Adds a file of this text, which lies outside of the repository so that the work tree stays clean. */
export function addFile(world: Workspace, name: string, text: string, flags: string): Promise<Answer> {
  const file = join(world.base, name);
  writeFileSync(file, text);
  return world.launchgate(`evidence add ${file} -e production ${flags}`);
}

/** Adds a report about the image that runs, outside of the repository so that the work tree stays clean. */
export async function addScan(world: Workspace, flags = '', report = sarif(), status = 0): Promise<string> {
  const file = join(world.base, 'report.sarif');
  if (!existsSync(file) || report !== sarif()) writeFileSync(file, report);
  const about = flags.includes('--about') ? '' : `--about ${DIGEST}`;
  const environment = flags.includes('-e ') ? '' : '-e production';
  const line = `evidence add ${file} -c vulnerability-policy -s service/api ${environment} ${about} ${flags}`;
  return expectCode(await world.launchgate(line), status).out.trim();
}
