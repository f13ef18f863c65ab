import { z } from 'zod';
import { defineDrill, type DrillSubject } from '../../model/drill/drill.ts';
import { packetRehearsal } from '../../proofs/drilling/packets.ts';
import type { Held } from './input.ts';

export const drill = defineDrill({
  summary:
    'Every workload tries every port of every other under the policies that would be deployed: what is declared passes, and nothing else.',
  blastRadius: 'None: the packets are sent in a network of the drill’s own, and no process of the platform is touched.',
  needs: ['segments'],
  parameters: z.object({}),
  plan: ({ subjects }: { subjects: readonly DrillSubject<Held, unknown>[] }) => ({
    runs: [
      packetRehearsal(
        'the declared flows',
        subjects.map(({ id }) => id),
        ['within'],
        [
          {
            name: 'allowed connections that do not pass',
            among: ({ proven }) => proven === 'allowed',
            wrong: ({ reached }) => !reached,
          },
          {
            name: 'connections that pass and are not allowed',
            among: ({ proven }) => proven !== 'allowed',
            wrong: ({ reached }) => reached,
          },
        ],
      ),
    ],
  }),
});
