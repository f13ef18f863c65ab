import { z } from 'zod';
import { isDuration } from '../../model/duration.ts';

const duration = z.string().refine(isDuration, 'expected a duration such as 15s');

export const params = z.object({
  skew: z
    .number()
    .min(1)
    .default(1.5)
    .describe(
      'How many times its even share one pooler or server may get: connections that stand are not balanced again.',
    ),
  spare: z
    .number()
    .min(0)
    .max(90)
    .default(0)
    .describe(
      'Percent of the connections that must stay free at the worst moment, for people and for what is not foreseen.',
    ),
  ask: z
    .object({ service: z.string(), path: z.string().startsWith('/') })
    .optional()
    .describe(
      'Service and public path that the drill reads as a customer to fill the pools to the store; set by CONTROL@SUBJECT.',
    ),
  answersWithin: duration
    .default('15s')
    .describe('Longest answer, a refusal included, while the pools are full; longer ones hold the callers.'),
  recoversWithin: duration.default('30s').describe('Longest time until it answers again once queries are fast.'),
});

export type Params = z.output<typeof params>;
