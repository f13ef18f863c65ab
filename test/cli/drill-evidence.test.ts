/** From a drill to a decision: what is recorded of it, what the gate makes of that, and where it does not count. The target is a process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { openRecording, floorsOf, policyInForce } from '../../src/app/drill/recording.ts';
import { runDrills } from '../../src/app/drill/run.ts';
import { bindDrills } from '../../src/app/drill/subjects.ts';
import { controls } from '../../src/controls/catalog.ts';
import { startOneProcess, type OneProcess } from '../../src/drills/run/run.testkit.ts';
import { CannotTell, defineDrill, type AnyDrill, type Rehearsal } from '../../src/model/drill/drill.ts';
import type { DrillReport } from '../../src/model/drill/report.ts';
import { decide } from './gated.ts';
import { REHEARSAL, world } from './rehearsal-gate.ts';
import { SPEC, type Workspace } from './workspace.ts';

// Each is a policy, a drill and a decision or two.
vi.setConfig({ testTimeout: 120_000 });

const CONTROL = controls.find(({ meta }) => meta.id === 'alert-delivery')!;

const processes: OneProcess[] = [];
afterEach(() => {
  for (const one of processes.splice(0)) one.end();
});

/** Freezes the process and measures so many seconds, of at most two. */
function drillOf(seconds: number, changes: Partial<Rehearsal> = {}, needs: AnyDrill['needs'] = ['parts']): AnyDrill {
  return defineDrill({
    summary: 'Freezes the process.',
    blastRadius: 'One process.',
    needs,
    parameters: z.object({}),
    plan: ({ subjects }) => ({
      runs: [
        {
          name: 'a pause',
          subjects: subjects.map(({ id }) => id),
          hypothesis: [],
          method: [
            { name: 'freeze', kind: 'fault', timeoutMs: 5000, run: ({ target }) => target.parts.freeze('sleeper') },
            {
              name: 'measure',
              kind: 'measure',
              timeoutMs: 5000,
              run: async ({ observe, keep }) => {
                observe({ name: 'recovery', value: seconds, unit: 's', atMost: 2 });
                keep('samples', [seconds]);
              },
            },
          ],
          ...changes,
        },
      ],
    }),
  });
}

function drillIn(shop: Workspace, drill: AnyDrill, signal?: AbortSignal): Promise<DrillReport> {
  return drillsIn(shop, [drill], signal);
}

async function drillsIn(
  { root, home, base }: Workspace,
  drills: readonly AnyDrill[],
  signal = new AbortController().signal,
): Promise<DrillReport> {
  const project = { root, spec: 'launchgate.yaml' };
  const env = { PATH: process.env['PATH'], HOME: base, LAUNCHGATE_HOME: home };
  const policy = await policyInForce(project, env);
  const drillables = drills.map((drill) => ({ control: CONTROL, drill }));
  const { facts, bound } = await bindDrills(project, drillables, { environment: 'lab', floors: floorsOf(policy) });
  const one = startOneProcess();
  processes.push(one);
  const report = await runDrills({
    project,
    facts,
    drills: bound,
    target: one.target,
    absent: [],
    parameters: {},
    recording: await openRecording(project, env, policy, { key: 'default', environment: 'lab' }),
    signal,
    watch: () => undefined,
    now: () => new Date(),
  });
  expect(one.state()).toBe('S');
  return report;
}

describe('a drill of the lab', () => {
  test('that passes opens the gate of the lab, and no other', async () => {
    const shop = await world();
    const report = await drillIn(shop, drillOf(1.5));
    expect(report).toMatchObject({ outcome: 'pass', summary: { pass: 1 }, target: { environment: 'lab' } });
    expect(report.drills[0]?.verdicts).toMatchObject([{ subject: 'environment/lab', outcome: 'pass' }]);

    const { decision, answer } = await decide(shop, 'lab-rehearsal');
    expect(answer.code).toBe(0);
    expect(decision).toMatchObject({ verdict: 'GO', environment: 'lab' });
    expect(decision.requirements).toMatchObject([{ state: 'satisfied', subject: 'environment/lab' }]);

    await shop.propose((policy) => ({
      ...policy,
      gates: [...(policy.gates ?? []), { ...REHEARSAL, name: 'real', environment: 'production' }],
    }));
    const real = await decide(shop, 'real');
    expect(real.decision.verdict).toBe('NO-GO');
    expect(real.reasons).toContain('it comes from the lab, which never serves production');
  });

  test('names its record and raw measurements by digest, and they lie beside the evidence', async () => {
    const shop = await world();
    const report = await drillIn(shop, drillOf(1));
    const [run] = report.drills[0]!.runs;
    const { out } = await shop.launchgate(`evidence show ${report.drills[0]!.verdicts[0]!.evidence}`);
    const { statement } = JSON.parse(out) as { statement: { predicate: Record<string, unknown> } };
    const folder = join(shop.root, '.launchgate');
    expect(statement.predicate).toMatchObject({
      control: 'alert-delivery',
      environment: 'lab',
      outcome: 'pass',
      target: run!.target.identity,
      observations: [{ name: 'recovery', value: 1, unit: 's', target: 2, met: true }],
      records: [{ run: run!.id, path: `drills/${run!.id}/record.json` }],
      raw: [{ path: `drills/${run!.id}/${run!.raw[0]!.file}`, digest: run!.raw[0]!.digest }],
    });
    expect(JSON.parse(readFileSync(join(folder, `drills/${run!.id}/record.json`), 'utf8'))).toMatchObject({
      control: 'alert-delivery',
      outcome: 'pass',
    });
  });

  test('that misses its bound closes it, and says by how much', async () => {
    const shop = await world();
    const report = await drillIn(shop, drillOf(3));
    expect(report).toMatchObject({ outcome: 'fail' });
    const { decision, answer } = await decide(shop, 'lab-rehearsal');
    expect(answer.code).toBe(1);
    expect(decision.requirements).toMatchObject([
      { state: 'failed', because: 'the drill missed: recovery 3 s, target 2' },
    ]);
  });

  test('that cannot tell is no pass, and an older pass does not stand for it', async () => {
    const shop = await world();
    await drillIn(shop, drillOf(1));
    const method: Rehearsal['method'] = [
      {
        name: 'ask',
        kind: 'measure',
        timeoutMs: 1000,
        run: () => Promise.reject(new CannotTell('the generator was the bottleneck')),
      },
    ];
    const report = await drillIn(shop, drillOf(1, { method }));
    expect(report.outcome).toBe('inconclusive');
    const { decision } = await decide(shop, 'lab-rehearsal');
    expect(decision.requirements[0]).toMatchObject({ state: 'inconclusive' });
    expect(decision.requirements[0]?.because).toContain('the generator was the bottleneck');
  });

  test('that needs what the target does not offer is inconclusive with what is missing, and nothing is done', async () => {
    const shop = await world();
    const report = await drillIn(shop, drillOf(1, {}, ['parts', 'segments', 'pager']));
    expect(report.drills[0]).toMatchObject({
      outcome: 'inconclusive',
      because: 'lab does not offer segments, pager',
      runs: [],
    });
    const { reasons } = await decide(shop, 'lab-rehearsal');
    expect(reasons).toContain('lab does not offer segments, pager');
  });

  test('no longer fits once what it is bound to has changed', async () => {
    const shop = await world();
    await drillIn(shop, drillOf(1));
    shop.write({ 'launchgate.yaml': `${SPEC}params:\n  alert-delivery: { allowance: 30 }\n` });
    shop.commit('Allow more');
    const { decision } = await decide(shop, 'lab-rehearsal');
    expect(decision.requirements[0]).toMatchObject({ state: 'drifted' });
  });

  test('that a person stopped leaves no evidence', async () => {
    const shop = await world();
    const stop = new AbortController();
    const method: Rehearsal['method'] = [
      { name: 'freeze', kind: 'fault', timeoutMs: 5000, run: ({ target }) => target.parts.freeze('sleeper') },
      { name: 'wait', kind: 'act', timeoutMs: 5000, run: async () => stop.abort() },
      { name: 'never', kind: 'act', timeoutMs: 5000, run: () => Promise.resolve() },
    ];
    const report = await drillIn(shop, drillOf(1, { method }), stop.signal);
    expect(report.outcome).toBe('inconclusive');
    expect(report.drills[0]?.verdicts[0]?.evidence).toBeUndefined();
    expect((await decide(shop, 'lab-rehearsal')).reasons).toContain('no drill of environment/lab is on record');
  });

  test('that leaves the target other than it was is tried once more, and the drills after it are not run', async () => {
    const shop = await world();
    const gone: Rehearsal['method'][number] = {
      name: 'freeze and lose it',
      kind: 'fault',
      timeoutMs: 5000,
      run: async ({ target }) => {
        await target.parts.freeze('sleeper');
        await target.parts.kill('sleeper');
      },
    };
    let begun = false;
    const second: Rehearsal['method'][number] = {
      name: 'begin',
      kind: 'act',
      timeoutMs: 5000,
      run: async () => void (begun = true),
    };
    const report = await drillsIn(shop, [drillOf(1, { method: [gone] }), drillOf(1, { method: [second] })]);
    expect(begun).toBe(false);
    expect(report.drills.map(({ outcome }) => outcome)).toEqual(['fail', 'inconclusive']);
    expect(report.drills[1]?.because).toContain(`it was not run: ${CONTROL.meta.id} left "start sleeper" undone`);
  });

  test('whose bookkeeping is broken is an error, and breaks no other', async () => {
    const shop = await world();
    const broken: AnyDrill = {
      ...drillOf(1),
      plan: () => {
        throw new Error('no such route');
      },
    };
    expect(await drillIn(shop, broken)).toMatchObject({
      outcome: 'error',
      drills: [{ because: 'it could not be planned: no such route' }],
    });
  });
});
