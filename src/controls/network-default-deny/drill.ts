import { z } from 'zod';
import { defineDrill, type DrillSubject } from '../../model/drill/drill.ts';
import { packetRehearsal } from '../../proofs/drilling/packets.ts';
import type { DefaultDeny } from './input.ts';

export const drill = defineDrill({
  summary:
    'Every workload tries every port of every other, in a network of its own under the policies that would be deployed.',
  blastRadius: 'None: the packets are sent in a network of the drill’s own, and no process of the platform is touched.',
  needs: ['segments'],
  parameters: z.object({}),
  plan: ({ subjects }: { subjects: readonly DrillSubject<DefaultDeny, unknown>[] }) => ({
    runs: [
      packetRehearsal(
        'the isolation of workloads',
        subjects.map(({ id }) => id),
        ['within', 'arriving', 'leaving'],
        [
          {
            name: 'connections that pass although the policies deny them',
            among: ({ proven }) => proven === 'denied',
            wrong: ({ reached }) => reached,
          },
          {
            name: 'connections to ports that nobody declares',
            among: ({ port, way }) => way === 'within' && port >= 49_152,
            wrong: ({ reached }) => reached,
          },
          {
            name: 'connections that do not pass although the policies allow them',
            among: ({ proven }) => proven === 'allowed',
            wrong: ({ reached }) => !reached,
          },
        ],
      ),
    ],
  }),
});
