/** What the lab's own capabilities do to it, and that each of it is undone. */
import { expect, test } from 'vitest';
import { rehearse } from '../../src/drills/run/rehearse.ts';
import { rehearsed } from '../../src/drills/run/run.testkit.ts';
import type { Probe, StepContext } from '../../src/model/drill/drill.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 120_000;

export function suite(lab: () => DrillLab): void {
  const answers: Probe = {
    name: 'answers of the API',
    unit: 'of 1',
    timeoutMs: 5000,
    tolerance: { atLeast: 1 },
    measure: async ({ target }) => {
      const token = await target.people.token(target.people.names.customer);
      const { status } = await target.edge.ask(target.edge.host('api'), '/api/v1/instances', { token });
      return Number(status === 200);
    },
  };

  async function during(fault: (context: StepContext) => Promise<void>) {
    const { target, runs } = lab();
    return rehearse(
      rehearsed({
        hypothesis: [answers],
        method: [
          {
            name: 'fault',
            kind: 'fault',
            timeoutMs: LONG,
            async run(context) {
              await fault(context);
              context.observe({ name: 'done', value: 1, unit: 'of 1', is: 1 });
            },
          },
        ],
      }),
      { target, drills: runs, signal: new AbortController().signal },
    );
  }

  test.each([
    ['frozen', ({ target }: StepContext) => target.parts.freeze('postgres')],
    ['killed', ({ target }: StepContext) => target.parts.kill('api-1')],
    [
      'restarted without a part of the kit',
      async ({ target }: StepContext) => void (await target.parts.restart('api-1', { off: ['correlation'] })),
    ],
  ])('a part is %s, and afterwards it is as before', { timeout: LONG }, async (_, fault) => {
    const record = await during(async (context) => fault(context));
    expect(record.because).toBeUndefined();
    expect(record.outcome).toBe('pass');
    expect(
      await lab()
        .target.capabilities({} as never)
        .parts.ready('api-1'),
    ).toBe(true);
  });
}
