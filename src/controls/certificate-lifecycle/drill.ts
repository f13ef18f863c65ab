/** Takes certificates through their whole life under load, and then the authority that they come from. */
import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import { defineDrill, type DrillInput, type DrillPlan } from '../../model/drill/drill.ts';
import { authorityRehearsal } from './drill-authority.ts';
import type { Needs, Parameters, Subject } from './drill-load.ts';
import { lifeRehearsal } from './drill-life.ts';
import type { Lifecycle } from './input.ts';
import type { Params } from './check.ts';

export const drill = defineDrill({
  summary:
    'Renews certificates under load, lets one of a caller expire, withdraws one, lets the periodic job find one that is near its end, and replaces the authority.',
  blastRadius:
    'Every part that holds a certificate of the internal authority is given new ones; one server shows a certificate that ends within seconds, for as long as the job looks at it.',
  needs: ['trust', 'load', 'edge', 'people'] satisfies Needs[],
  parameters: z.object({
    perSecond: z.int().min(1).max(1000).default(20).describe('Requests each second while certificates change.'),
    lifeSeconds: z.int().min(2).max(600).default(3).describe('Life of the certificates that the drill lets expire.'),
  }),
  plan({ subjects, parameters, spec }: DrillInput<Lifecycle, Params, Parameters>): DrillPlan<Needs> {
    const own = subjects.filter(({ input }) => !input.acme);
    return {
      runs: [
        ...own.map((subject) => lifeRehearsal(subject, parameters, spec)),
        ...(own.length === 0 ? [] : [authorityRehearsal(own, parameters, spec)]),
      ],
      left: subjects.filter(({ input }) => input.acme).map(left),
    };
  },
});

function left({ id, input }: Subject): { subject: string; because: string } {
  const life = input.declared?.ttl === undefined ? '' : ` for ${Math.round(seconds(input.declared.ttl) / 86_400)} days`;
  return {
    subject: id,
    because: `a public authority issues it${life}: a drill would use up its limits, and edge-tls looks at what is served`,
  };
}
