import { z } from 'zod';
import { defineDrill, type DrillSubject } from '../../model/drill/drill.ts';
import { packetRehearsal } from '../../proofs/drilling/packets.ts';
import type { Egress } from './input.ts';

export const drill = defineDrill({
  summary: 'Every workload tries to reach addresses that nobody declares, under the policies that would be deployed.',
  blastRadius: 'None: the packets are sent in a network of the drill’s own, and no process of the platform is touched.',
  needs: ['segments'],
  parameters: z.object({}),
  plan: ({ subjects }: { subjects: readonly DrillSubject<Egress, unknown>[] }) => ({
    runs: [
      packetRehearsal(
        'the way out',
        subjects.map(({ id }) => id),
        ['leaving'],
        [
          {
            name: 'connections that leave to addresses which nobody declares',
            among: ({ proven }) => proven === 'denied',
            wrong: ({ reached }) => reached,
          },
          {
            name: 'allowed connections that do not leave',
            among: ({ proven }) => proven !== 'denied',
            wrong: ({ proven, reached }) => proven === 'allowed' && !reached,
          },
        ],
      ),
    ],
  }),
});
