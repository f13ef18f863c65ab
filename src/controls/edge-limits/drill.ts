/** Each limit of the edge is reached and passed: sizes, rates, and the patience with clients that send slowly. */
import { z } from 'zod';
import { defineDrill, type DrillInput, type DrillSubject } from '../../model/drill/drill.ts';
import { edgeAnswers } from '../../proofs/edge/drill.ts';
import type { Params } from './check.ts';
import { ratesSteps } from './drill-rates.ts';
import { sizesStep } from './drill-sizes.ts';
import { slowClientsStep } from './drill-slow.ts';
import type { EdgeLimits } from './query.ts';

const parameters = z.object({
  slowClients: z.int().min(1).max(200).default(20).describe('Clients that send slowly, of each service'),
});

/** A service with public routes, as the steps see it. */
export type Limited = DrillSubject<EdgeLimits, Params>;

export const drill = defineDrill({
  summary:
    'The edge is sent requests that are larger, faster and slower than it allows, and must refuse exactly those.',
  blastRadius:
    'One client address is refused for some seconds; slow clients hold a few connections until they are cut.',
  needs: ['edge'],
  parameters,
  plan({ subjects, parameters: { slowClients } }: DrillInput<EdgeLimits, Params, z.infer<typeof parameters>>) {
    const limited = subjects.filter(({ input }) => input.paths.length > 0);
    const left = subjects.filter(({ input }) => input.paths.length === 0);
    return {
      runs:
        limited.length === 0
          ? []
          : [
              {
                name: 'the limits of the edge',
                subjects: limited.map(({ id }) => id),
                hypothesis: limited.map(({ name }) => edgeAnswers(name)),
                method: [...limited.map(sizesStep), slowClientsStep(limited, slowClients), ...ratesSteps(limited)],
              },
            ],
      left: left.map(({ id }) => ({ subject: id, because: 'the spec declares no public route to ask' })),
    };
  },
});
