import { describe, expect, test } from 'vitest';
import type { DisruptedWorkload } from '../../proofs/disruption/index.ts';
import { check } from './check.ts';
import { synth } from './synth.ts';

const subject = { kind: 'service', name: 'api' } as const;
const usual = { history: 2, deadlineSeconds: 1800, surgeOnly: true };
const origin = { path: 'api.yaml', document: 0, pointer: [] };

function deployment(more: object): DisruptedWorkload {
  const strategy = { type: 'RollingUpdate', maxUnavailable: 0 };
  return { id: 'Deployment shop/api', kind: 'Deployment', replicas: 4, strategy, origin, ...more } as DisruptedWorkload;
}

describe('check', () => {
  test('asks for surge only where the params do', () => {
    const rollouts = [{ workload: deployment({ strategy: { type: 'RollingUpdate' } }) }];
    expect(check(subject, rollouts, usual).outcome).toBe('fail');
    expect(check(subject, rollouts, { ...usual, surgeOnly: false }).outcome).toBe('pass');
  });

  test('holds history and deadline against the params, at their bounds', () => {
    const kept = (value: number) => ({ workload: deployment({}), history: { value, origin } });
    expect(check(subject, [kept(2)], usual).outcome).toBe('pass');
    expect(check(subject, [kept(1)], usual).outcome).toBe('fail');
    expect(check(subject, [{ workload: deployment({ progressDeadlineSeconds: 1800 }) }], usual).outcome).toBe('pass');
    expect(check(subject, [{ workload: deployment({ progressDeadlineSeconds: 1801 }) }], usual).outcome).toBe('fail');
    expect(check(subject, [{ workload: deployment({}) }], { ...usual, deadlineSeconds: 300 }).outcome).toBe('fail');
  });

  test('a claim that many nodes on one host may mount fails only where the rollout waits for the new pod', () => {
    const singleMount = { claim: 'state', mode: 'ReadWriteOnce' };
    const surging = { workload: deployment({ replicas: 1 }), singleMount };
    expect(check(subject, [surging], usual)).toMatchObject({ findings: [{ severity: 'medium' }] });
    const first = {
      workload: deployment({ replicas: 1, strategy: { type: 'RollingUpdate', maxUnavailable: 1 } }),
      singleMount,
    };
    expect(check(subject, [first], { ...usual, surgeOnly: false }).outcome).toBe('pass');
  });

  test('a claim that nothing here makes leaves open whether a rollout hangs, and surge is no advice for it', () => {
    const unknownMount = 'state';
    const surging = { workload: deployment({ replicas: 1 }), unknownMount };
    expect(check(subject, [surging], usual).outcome).toBe('inconclusive');
    const recreated = { workload: deployment({ replicas: 1, strategy: { type: 'Recreate' } }), unknownMount };
    expect(check(subject, [recreated], usual)).toMatchObject({
      findings: [{ severity: 'medium', remediation: expect.stringContaining('a claim each') }],
    });
    const losing = { workload: deployment({ strategy: { type: 'RollingUpdate', maxUnavailable: 1 } }), unknownMount };
    expect(synth(subject, [losing], usual)).toEqual([]);
  });

  test('something unclear is inconclusive, unless something else is wrong already', () => {
    const unclear = 'two autoscalers';
    expect(check(subject, [{ workload: deployment({}), unclear }], usual).outcome).toBe('inconclusive');
    expect(check(subject, [{ workload: deployment({ paused: true }), unclear }], usual).outcome).toBe('fail');
  });
});

describe('synth', () => {
  test('gives a rollout without surge one', () => {
    const workload = deployment({ strategy: { type: 'RollingUpdate', maxSurge: '0%', maxUnavailable: 1 } });
    expect(synth(subject, [{ workload }], usual)).toMatchObject([
      { op: 'set', origin: { pointer: ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'] }, value: 0 },
      { op: 'set', origin: { pointer: ['spec', 'strategy', 'rollingUpdate', 'maxSurge'] }, value: 1 },
    ]);
  });

  test('leaves a service alone when a person must decide part of it', () => {
    const mendable = { workload: deployment({ strategy: { type: 'RollingUpdate' } }) };
    expect(synth(subject, [mendable, { workload: deployment({ paused: true }) }], usual)).toEqual([]);
  });

  test('sets no deadline that minReadySeconds would rule out', () => {
    const workload = deployment({ minReadySeconds: 700, progressDeadlineSeconds: 7200 });
    expect(synth(subject, [{ workload }], usual)).toEqual([]);
  });
});
