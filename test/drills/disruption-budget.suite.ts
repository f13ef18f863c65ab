import { expect, test } from 'vitest';
import { drill } from '../../src/controls/disruption-budget/drill.ts';
import type { Disruptions } from '../../src/controls/disruption-budget/input.ts';
import { rehearse } from '../../src/drills/run/rehearse.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 300_000;

export function suite(lab: () => DrillLab): void {
  test('a drain takes one gateway at a time, as its budget allows', { timeout: LONG }, async () => {
    const report = await lab().run('disruption-budget', { only: /under terminal-gateway/, parameters: { restMs: 0 } });
    expect(report.because).toBe('');
    expect(report.outcome).toBe('pass');
    expect(report.observation('most replicas of terminal-gateway away at once')).toMatchObject({
      value: 1,
      predicted: 1,
    });
  });

  test(
    'a replica that is away already makes two, which is more than the budget allows',
    { timeout: LONG },
    async () => {
      const { target, runs, plan } = lab();
      const { runs: rehearsals } = await plan('disruption-budget');
      const rehearsal = rehearsals.find(({ name }) => name.endsWith('under terminal-gateway'))!;
      const { observations, outcome, because } = await rehearse(
        {
          control: 'disruption-budget',
          summary: drill.summary,
          blastRadius: drill.blastRadius,
          parameters: {},
          rehearsal: {
            ...rehearsal,
            method: [
              {
                name: 'somebody else ends a replica',
                kind: 'fault',
                timeoutMs: LONG,
                run: ({ target: { parts } }) => parts.freeze(parts.replicas('terminal-gateway').at(-1)!),
              },
              ...rehearsal.method,
            ],
          },
        },
        { target, drills: runs, signal: new AbortController().signal },
      );
      expect(observations.find(({ name }) => name === 'most replicas of terminal-gateway away at once')?.value).toBe(2);
      expect(outcome).toBe('fail');
      expect(because).toMatch(/most replicas of terminal-gateway away at once is 2 replicas, and should be at most 1/);
    },
  );

  test('one replica of several tells nothing of the others', { timeout: LONG }, async () => {
    const report = await lab().run('disruption-budget', { only: /under notification-relay/ });
    expect(report.outcome).toBe('inconclusive');
    expect(report.because).toContain('the target runs one replica of notification-relay where the manifests say');
  });

  test('a budget that allows nothing is found before anything is evicted', async () => {
    const { plan } = lab();
    const {
      runs: [first],
    } = await plan('disruption-budget');
    expect(first?.method).toHaveLength(1);
    const blocked = drill.plan({
      spec: lab().platform.open.plan.spec,
      parameters: { restMs: 0 },
      subjects: [{ id: 'service/api', name: 'api', params: { unreadyPodsMayGo: false }, input: BLOCKED }],
    });
    const observed: number[] = [];
    await blocked.runs[0]!.method[0]!.run({
      observe: ({ value }: { value: number }) => void observed.push(value),
      target: { parts: undefined },
    } as never);
    expect(observed).toEqual([0]);
  });
}

const BLOCKED: Disruptions = {
  quorum: 1,
  quorumDeclared: true,
  workloads: [
    {
      selector: { app: 'api' },
      input: {
        workload: { kind: 'Deployment', id: 'Deployment x/api', replicas: 2, strategy: { type: 'RollingUpdate' } },
        budgets: [{ id: 'PodDisruptionBudget x/api', maxUnavailable: 0 }],
      },
    },
  ],
};
