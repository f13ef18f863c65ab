import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { Site } from '../../model/drill/sites.ts';
import { judgeSite } from '../../proofs/drilling/site.ts';
import type { Params } from './check.ts';

type Subject = DrillSubject<unknown, Params>;
type Context = StepContext<'sites'>;

export const drill = defineDrill({
  summary:
    'The platform is stood up a second time from its code alone, in an empty place, and asked what a customer would ask.',
  blastRadius: 'None of the first platform; the second takes the same memory and processor time again while it runs.',
  needs: ['sites'],
  parameters: z.object({}),
  plan: ({ subjects }: { subjects: readonly Subject[] }) => ({ runs: subjects.map(rehearsal) }),
});

function rehearsal(subject: Subject): Rehearsal<'sites'> {
  return {
    name: 'an environment from nothing',
    subjects: [subject.id],
    hypothesis: [],
    method: [
      {
        name: 'stand the platform up in an empty place, and judge it',
        kind: 'measure',
        timeoutMs: seconds(subject.params.maxStandUp) * 1000 + 60_000,
        run: (context) => standUp(context, subject),
      },
    ],
  };
}

async function standUp(context: Context, { id, params }: Subject): Promise<void> {
  const { observe, keep, signal } = context;
  let site: Site;
  try {
    site = await context.target.sites.build('code');
  } catch (error) {
    if (signal.aborted || error instanceof CannotTell) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    observe({ name: 'stood up', value: 0, unit: 'platforms', is: 1, subject: id, detail });
    return;
  }
  keep('phases', site.phases);
  observe({ name: 'stood up', value: 1, unit: 'platforms', is: 1, subject: id });
  observe({
    name: 'time to stand up',
    value: site.tookMs / 1000,
    unit: 's',
    atMost: seconds(params.maxStandUp),
    subject: id,
  });
  await judgeSite(context, id, site, params);
  await site.remove();
}
