import type { Probe } from '../../model/drill/drill.ts';

/** The steady state of what follows one customer's request: such a request is answered well. */
export const journeyAnswers: Probe<'traces'> = {
  name: 'status of a journey',
  unit: 'status',
  timeoutMs: 60_000,
  tolerance: { atLeast: 200, atMost: 299 },
  measure: async ({ target }) => (await target.traces.journey()).status,
};
