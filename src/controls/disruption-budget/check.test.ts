import { describe, expect, test } from 'vitest';
import type { Budget, DisruptedWorkload, DisruptionInput } from '../../proofs/disruption/index.ts';
import { check } from './check.ts';
import type { Disruptions } from './input.ts';
import { synth } from './synth.ts';

const origin = { path: 'k8s/api.yaml', document: 0, pointer: [] };
const budgetOrigin = { path: 'k8s/pdb.yaml', document: 0, pointer: [] };
const subject = { kind: 'service', name: 'api' } as const;
const strict = { unreadyPodsMayGo: true };
const usual = { unreadyPodsMayGo: false };

function deployment(
  replicas: number,
  strategy: object = { type: 'RollingUpdate', maxUnavailable: 0 },
): DisruptedWorkload {
  return { id: 'Deployment shop/api', kind: 'Deployment', replicas, strategy, origin } as DisruptedWorkload;
}

function budget(bound: Partial<Budget>): Budget {
  return { id: 'PodDisruptionBudget shop/api', origin: budgetOrigin, ...bound };
}

function given(...inputs: DisruptionInput[]): Disruptions {
  const workloads = inputs.map((input) => ({ input, selector: { app: 'api' } }));
  return { quorum: inputs[0]?.quorum ?? 1, quorumDeclared: inputs[0]?.quorum !== undefined, workloads };
}

describe('check', () => {
  test('asks for AlwaysAllow only where the params do', () => {
    const input = given({ workload: deployment(3), budgets: [budget({ maxUnavailable: 1 })] });
    expect(check(subject, input, usual).outcome).toBe('pass');
    expect(check(subject, input, strict)).toMatchObject({ outcome: 'fail', findings: [{ severity: 'low' }] });
  });

  test('a budget that was not found is a finding from absence, a spent one is not', () => {
    const unguarded = check(subject, given({ workload: deployment(3), budgets: [] }), usual);
    expect(unguarded).toMatchObject({ findings: [{ fromAbsence: true, severity: 'medium' }] });
    const spent = check(subject, given({ workload: deployment(3), budgets: [budget({ minAvailable: 3 })] }), usual);
    expect(spent).toMatchObject({
      findings: [{ severity: 'high', origin: { path: 'k8s/pdb.yaml', pointer: ['spec', 'minAvailable'] } }],
    });
    expect(JSON.stringify(spent)).not.toContain('fromAbsence');
  });

  test('holds the quorum of several workloads against their sum', () => {
    const one = { workload: deployment(2), budgets: [budget({ maxUnavailable: 1 })] };
    const both = { ...given(one, one), quorumDeclared: true };
    expect(check(subject, { ...both, quorum: 2 }, usual).outcome).toBe('pass');
    expect(check(subject, { ...both, quorum: 3 }, usual)).toMatchObject({
      findings: [{ message: expect.stringContaining('quorum 3') }],
    });
  });

  test('an Argo Rollout whose bound is not enough is inconclusive', () => {
    const workload: DisruptedWorkload = {
      id: 'Rollout shop/api',
      kind: 'Rollout',
      replicas: 4,
      strategy: { type: 'canary' },
    };
    expect(check(subject, given({ workload, budgets: [budget({ minAvailable: 2 })], quorum: 2 }), usual).outcome).toBe(
      'inconclusive',
    );
  });

  test('a workload that may scale to zero is asked whether it can be drained, not for a quorum', () => {
    const autoscaler = { kind: 'ScaledObject', id: 'ScaledObject shop/api', min: 0, max: 5 } as const;
    const scaled = { ...deployment(1), autoscaler };
    expect(check(subject, given({ workload: scaled, budgets: [budget({ maxUnavailable: 1 })] }), usual).outcome).toBe(
      'pass',
    );
    expect(check(subject, given({ workload: scaled, budgets: [budget({ minAvailable: 1 })] }), usual).outcome).toBe(
      'fail',
    );
  });
});

describe('synth', () => {
  test('adds a budget of one pod at a time', () => {
    const [patch] = synth(subject, given({ workload: deployment(3), budgets: [] }), usual);
    expect(patch).toMatchObject({
      op: 'add-object',
      object: {
        metadata: { name: 'api', namespace: 'shop' },
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'api' } } },
      },
    });
  });

  test('gives a bound that does not work another value, and moves no bound', () => {
    expect(
      synth(subject, given({ workload: deployment(3), budgets: [budget({ minAvailable: '100%' })] }), usual),
    ).toMatchObject([{ op: 'set', origin: { pointer: ['spec', 'minAvailable'] }, value: 2 }]);
  });

  test('leaves a budget that works alone and lets the rollout surge', () => {
    const workload = deployment(4, { type: 'RollingUpdate', maxSurge: 0, maxUnavailable: 1 });
    const patches = synth(subject, given({ workload, budgets: [budget({ maxUnavailable: 1 })] }), usual);
    expect(patches).toMatchObject([
      {
        op: 'set',
        origin: { path: 'k8s/api.yaml', pointer: ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'] },
        value: 0,
      },
      { op: 'set', origin: { pointer: ['spec', 'strategy', 'rollingUpdate', 'maxSurge'] }, value: 1 },
    ]);
  });

  test.each([
    ['one pod that must stay', { workload: deployment(1), budgets: [budget({ minAvailable: 1 })] }],
    ['a single replica', { workload: deployment(1), budgets: [] }],
    [
      'two replicas under a quorum of two',
      { workload: deployment(2), budgets: [budget({ minAvailable: 2 })], quorum: 2 },
    ],
    [
      'two budgets',
      { workload: deployment(3), budgets: [budget({ maxUnavailable: 1 }), budget({ maxUnavailable: 2 })] },
    ],
    ['Recreate', { workload: deployment(3, { type: 'Recreate' }), budgets: [budget({ maxUnavailable: 1 })] }],
  ])('leaves %s to people', (_name, input) => {
    expect(synth(subject, given(input), usual)).toEqual([]);
  });

  test('frees unready pods where the params ask for it', () => {
    const patches = synth(
      subject,
      given({ workload: deployment(3), budgets: [budget({ maxUnavailable: 1 })] }),
      strict,
    );
    expect(patches).toMatchObject([
      { op: 'set', origin: { pointer: ['spec', 'unhealthyPodEvictionPolicy'] }, value: 'AlwaysAllow' },
    ]);
  });
});
