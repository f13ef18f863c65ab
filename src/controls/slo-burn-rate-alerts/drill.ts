/** The error budget of each SLO is burnt in simulated time, by the rules that Prometheus has loaded: alerts fire when predicted, and not on noise. */
import { z } from 'zod';
import { defineDrill, type Rehearsal, type StepContext } from '../../model/drill/drill.ts';
import { burnsOf, type Burn } from './burns.ts';
import type { Params } from './check.ts';
import type { BurnRules } from './query.ts';

const NEEDS = ['metrics'] as const;
type Needs = (typeof NEEDS)[number];

export const drill = defineDrill<BurnRules, Params, object, Needs>({
  summary:
    'Burns the error budget of each SLO in simulated time, with the rules that the target has loaded and the rule engine of Prometheus.',
  blastRadius: 'None: the rules are read, and evaluated beside the target on made-up series.',
  needs: NEEDS,
  parameters: z.object({}),
  plan({ subjects }) {
    const planned = subjects.map(({ id, name, input, params }) => ({ id, name, burns: burnsOf(input, params) }));
    return {
      left: planned.flatMap(({ id, burns }) => ('reason' in burns ? [{ subject: id, because: burns.reason }] : [])),
      runs: planned.flatMap(({ id, name, burns }) => ('reason' in burns ? [] : [rehearsal(id, name, burns)])),
    };
  },
});

function rehearsal(subject: string, slo: string, burns: readonly Burn[]): Rehearsal<Needs> {
  return {
    name: `the burning of ${slo}`,
    subjects: [subject],
    hypothesis: [
      {
        name: 'rules that cannot be evaluated',
        unit: 'rules',
        timeoutMs: 20_000,
        tolerance: { atMost: 0 },
        measure: async ({ target }) => (await target.metrics.rules()).filter(({ error }) => error !== undefined).length,
      },
    ],
    predictions: burns.flatMap((burn) =>
      burn.expects.kind === 'fires'
        ? [{ name: nameOf(burn), value: burn.expects.predicted, unit: 's', because: burn.expects.because }]
        : [],
    ),
    method: burns.map((burn) => ({
      name: burn.name,
      kind: 'measure',
      timeoutMs: 120_000,
      run: (context) => burnt(context, burn),
    })),
  };
}

function nameOf({ expects }: Burn): string {
  return expects.kind === 'fires' ? `burn to ${expects.alert}` : 'alerts on noise';
}

async function burnt(context: StepContext<Needs>, burn: Burn): Promise<void> {
  const { stepSeconds, steps, series, alerts, start, expects } = burn;
  const fired = await context.target.metrics.simulate({ stepSeconds, steps, series, alerts });
  context.keep(burn.name, Object.fromEntries(fired));
  if (expects.kind === 'silent') {
    const loud = [...fired].filter(([, times]) => times.length > 0).map(([name]) => name);
    context.observe({
      name: nameOf(burn),
      value: loud.length,
      unit: 'alerts',
      is: 0,
      ...(loud.length === 0 ? {} : { detail: loud.join(', ') }),
    });
    return;
  }
  const { alert, atLeast, atMost, predicted } = expects;
  const first = fired.get(alert)?.find((at) => at >= start);
  context.observe({
    name: nameOf(burn),
    // What did not fire by the end of the simulation took longer than this.
    value: first === undefined ? steps * stepSeconds - start : first - start,
    unit: 's',
    atLeast,
    atMost,
    predicted,
    detail:
      first === undefined ? `${alert} never fired while ${burn.name}` : `${burn.name}, in steps of ${stepSeconds} s`,
  });
}
