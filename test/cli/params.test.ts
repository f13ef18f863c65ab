import { describe, expect, it } from 'vitest';
import { bindDrills, drillables } from '../../src/app/drill/subjects.ts';
import type { CheckReport } from '../../src/model/report.ts';
import { addScan, decide, gated, sarif } from './gated.ts';
import { expectCode, SPEC, type Workspace } from './workspace.ts';

const HIGH = sarif([{ ruleId: 'CVE-2026-0002', severity: '7.5' }]);

async function withParams(params: string): Promise<Workspace> {
  const world = await gated();
  world.write({ 'launchgate.yaml': `${SPEC}params: ${params}\n` });
  world.commit('Set params');
  return world;
}

describe('params of a control that has no check', () => {
  it.each([
    [
      '{ vulnerability-policy: { failOn: urgent } }',
      'failOn: expected one of critical, high, medium, low, found "urgent"',
    ],
    ['{ vulnerability-policy: { failOn: hihg } }', 'did you mean "high"?'],
    ['{ vulnerability-policy: { failon: critical } }', 'it has no param "failon"'],
    ['{ "vulnerability-policy@service/api": { failOn: urgent } }', 'found "urgent"'],
  ])('%s: no evidence is judged by params that do not hold', async (params, said) => {
    const world = await withParams(params);
    await addScan(world, '', HIGH, 1);
    const { answer, reasons } = await decide(world, 'scanned');
    expect(answer.code).toBe(1);
    expect(reasons).toMatch(
      /its evidence could not be judged: launchgate\.yaml:\d+:\d+: params of vulnerability-policy/,
    );
    expect(reasons).toContain(said);
  });

  it('are held to the last GO as those of a check are', async () => {
    const world = await gated();
    await addScan(world);
    expectCode(await world.launchgate('gate scanned -o ../go.json'), 0);
    world.write({ 'launchgate.yaml': `${SPEC}params: { vulnerability-policy: { failOn: critical } }\n` });
    world.commit('Let more through');
    const { answer, reasons } = await decide(world, 'scanned');
    expect(answer.code).toBe(1);
    expect(reasons).toContain('failOn was its default at the last GO and is "critical" now');
  });
});

it('what could not be read blocks a gate whose controls have no check', async () => {
  const world = await gated({ 'deploy/more.yaml': 'apiVersion: v1\nkind: [Service\n' });
  await addScan(world);
  const { answer, decision } = await decide(world, 'scanned');
  expect(answer.code).toBe(1);
  expect(decision.requirements).toContainEqual(
    expect.objectContaining({ subject: 'deployable/plain:deploy', state: 'inconclusive' }),
  );
});

it('a drill leaves no subject out whose params do not fit, and passes on the others', async () => {
  const world = await withParams('{ "disruption-budget@service/api": { quorums: 1 } }');
  const drills = await drillables(['disruption-budget']);
  const bound = bindDrills({ root: world.root, spec: 'launchgate.yaml' }, drills, {
    environment: 'production',
    floors: {},
  });
  await expect(bound).rejects.toThrow(
    /^launchgate\.yaml:\d+:\d+: params of disruption-budget: it has no param "quorums"$/,
  );
});

it('params for a subject that there is not are told: they apply to nothing', async () => {
  const world = await withParams('{ "disruption-budget@service/apii": {} }');
  const { out } = await world.launchgate('check -c disruption-budget');
  expect(out.replaceAll(/\s+/g, ' ')).toContain('has no subject service/apii in production; did you mean service/api?');
});

it('a mistyped param leaves no default in force: it is told', async () => {
  const world = await withParams('{ disruption-budget: { quorums: 1 } }');
  const { out } = expectCode(await world.launchgate('check -c disruption-budget'), 2);
  expect(out).toContain('it has no param "quorums"');
  expect(out).toContain('Fix  Name one of unreadyPodsMayGo.');
  expect(out).not.toContain('itself failed');
});

it('a mistyped param is told with its place, in whichever layer it stands, and whether a check would have read it or not', async () => {
  const world = await gated();
  const lines = SPEC.split('\n').length - 1;
  const params = [
    'params:',
    '  disruption-budget: { quorums: 1 }',
    '  restore:',
    '    maxBaseAge: soon',
    '    smok: []',
    '  "vulnerability-policy@service/apii": { failOn: urgent }',
    '',
  ];
  world.write({ 'launchgate.yaml': SPEC + params.join('\n') });
  const { out } = await world.launchgate('check -f json');
  const { findings } = JSON.parse(out) as CheckReport;
  const errors = findings.filter(({ outcome }) => outcome === 'error');
  const told = errors.map(({ control, message, location }) => [control, message, location?.line, location?.column]);
  expect(told).toEqual([
    ['restore', expect.stringMatching(/it has no param "smok"; maxBaseAge: expected .*, found "soon"/), lines + 5, 5],
    ['disruption-budget', expect.stringContaining('it has no param "quorums"'), lines + 2, 24],
    ['vulnerability-policy', expect.stringContaining('failOn: expected one of'), lines + 6, 42],
  ]);
  expect(errors[0]?.remediation).toBe('Did you mean smoke?');
});
