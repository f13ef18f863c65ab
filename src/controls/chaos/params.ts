import { z } from 'zod';
import { isDuration } from '../../model/duration.ts';

const duration = (fallback: string) =>
  z.string().refine(isDuration, 'expected a duration such as 30s').default(fallback);

export const params = z.object({
  asks: z
    .array(z.string().startsWith('/'))
    .default([])
    .describe(
      'Public paths that the drill reads as a customer beside the samples of the routes; set by CONTROL@SUBJECT.',
    ),
  noticesWithin: duration('30s').describe(
    'Longest time until every replica says that a critical dependency is missing.',
  ),
  answersWithin: duration('15s').describe('Longest answer, a refusal included, whatever dependency is broken.'),
  recoversWithin: duration('30s').describe(
    'Longest time until all is as before once a dependency is back: replicas well, and what was acknowledged carried on.',
  ),
  slowBy: duration('50ms').describe(
    'Latency that every dependency is given in each direction, with up to half of it more by chance. Nobody may fail under it.',
  ),
  resets: z
    .number()
    .gt(0)
    .max(1)
    .default(0.3)
    .describe('Share of the connections to a dependency that break within a second while it is lossy.'),
});

export type Params = z.output<typeof params>;
