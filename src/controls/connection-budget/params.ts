import { z } from 'zod';

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
});
