import { z } from 'zod';
import { defineDrill } from '../../model/drill/drill.ts';
import type { Spec } from '../../model/spec.ts';
import { breakDependencies, type Wishes } from './dependencies.ts';
import { lacksOf } from './lacks.ts';
import { killProcesses } from './kills.ts';
import type { Subject } from './traffic.ts';

export const drill = defineDrill({
  summary:
    'Every dependency of every service is slow, gone and lossy, and every store and a replica of every service is killed, while customers read and write.',
  blastRadius:
    'All services that depend on a store are restarted twice. In between each of them lacks one store after the other for some seconds, and each store is killed once: customers are refused what needs it.',
  needs: ['deeds', 'edge', 'faults', 'load', 'parts', 'people'],
  parameters: z.object({
    seconds: z.number().min(0.5).max(600).default(1.5).describe('Seconds that each fault lasts at least.'),
    perSecond: z
      .number()
      .min(1)
      .max(40)
      .default(10)
      .describe('Requests a second to each service that customers read from.'),
    writes: z.number().min(0.5).max(40).default(4).describe('Writes a second.'),
  }),
  plan({ subjects, parameters, spec }: { subjects: readonly Subject[]; parameters: Wishes; spec: Spec }) {
    const breakable = subjects.filter((subject) => lacksOf(subject, spec).length > 0);
    return {
      runs:
        breakable.length === 0
          ? []
          : [breakDependencies(breakable, spec, parameters), killProcesses(breakable, spec, parameters)],
      left: subjects
        .filter((subject) => !breakable.includes(subject))
        .map((subject) => ({ subject: subject.id, because: whyLeft(subject) })),
    };
  },
});

function whyLeft({ input: { flowsKnown, stores } }: Subject): string {
  if (!flowsKnown) return 'the spec has no flows, so nobody can tell what it depends on';
  return stores.length === 0 ? 'no flow leads from it to a store' : `${stores.join(', ')}: no drill can break that`;
}
