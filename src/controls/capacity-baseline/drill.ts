import { z } from 'zod';
import { defineDrill, type Prediction, type Rehearsal, type Step } from '../../model/drill/drill.ts';
import type { Spec } from '../../model/spec.ts';
import { show } from '../../proofs/capacity/figure.ts';
import { holdSessions } from './hold-sessions.ts';
import { loadedIn, type Loaded, type Subject, type Wishes } from './loaded.ts';
import { measureKnee } from './measure-knee.ts';
import { carryDeeds } from './carry-deeds.ts';
import type { Context, Needs } from './ramp.ts';

const TIMEOUT_MS = 180_000;

export const drill = defineDrill({
  summary:
    'Load rises by steps until what is promised does not hold any more; terminals are opened and writes sent at the rate of the declared peak. What is used up first is named.',
  blastRadius:
    'For half a minute the target carries the load of its peak and more: on a platform that people use, they would notice. A cache is killed once and started again.',
  needs: ['deeds', 'edge', 'load', 'parts', 'people', 'terminals'],
  parameters: z.object({
    seconds: z.number().min(1).max(3600).default(1.5).describe('Seconds that each rate is sent for.'),
    steps: z
      .int()
      .min(1)
      .max(20)
      .default(3)
      .describe('Rates beyond what is asked for that are tried, each half as much more.'),
  }),
  plan({ subjects, parameters, spec }: { subjects: readonly Subject[]; parameters: Wishes; spec: Spec }) {
    const planned = subjects.map((subject) => ({ subject, run: rehearsal(subject, parameters, spec) }));
    return {
      runs: planned.flatMap(({ run }) => run ?? []),
      left: planned
        .filter(({ run }) => run === undefined)
        .map(({ subject }) => ({
          subject: subject.id,
          because: 'the spec declares no capacity in requests/s or sessions for a service with public routes',
        })),
    };
  },
});

function rehearsal(subject: Subject, wishes: Wishes, spec: Spec): Rehearsal<Needs> | undefined {
  const asked = loadedIn(subject, spec, 'requests/s');
  const held = loadedIn(subject, spec, 'sessions');
  if (asked.length + held.length === 0) return undefined;
  const measure = (name: string, run: (context: Context) => Promise<void>): Step<Needs> => ({
    name,
    kind: 'measure',
    timeoutMs: TIMEOUT_MS,
    run,
  });
  return {
    name: `the capacity of ${subject.name}`,
    subjects: [subject.id],
    hypothesis: asked.map((layer) => ({
      name: `status of ${layer.service}`,
      unit: 'status',
      timeoutMs: 15_000,
      settleMs: 60_000,
      tolerance: { atLeast: 200, atMost: 499 },
      measure: async ({ target: { edge } }) => (await edge.ask(edge.host(layer.service), '/')).status,
    })),
    predictions: held.map(noSessionIsLost),
    method: [
      ...asked.map((layer) =>
        measure(`step up the load on ${layer.service}`, (context) =>
          measureKnee(context, subject, layer, wishes, spec),
        ),
      ),
      measure('have writes carried to their end', (context) => carryDeeds(context, subject, wishes)),
      ...held.map((layer) =>
        measure(`hold the sessions of ${layer.service}`, (context) => holdSessions(context, subject, layer)),
      ),
    ],
  };
}

function noSessionIsLost({ service, part }: Loaded): Prediction {
  return {
    name: `sessions of ${service} that are damaged`,
    value: 0,
    unit: 'sessions',
    because: `one replica is said to hold ${show(part.perReplica ?? part.total ?? 0)}`,
  };
}
