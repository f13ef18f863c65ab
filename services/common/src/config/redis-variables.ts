import { address, flag, list } from '@launchgate/runtime/config';
import { z } from 'zod';

export const redisVariables = z
  .object({
    REDIS_ADDR: address.optional(),
    REDIS_SENTINELS: list.pipe(z.array(address)).optional(),
    REDIS_MASTER: z.string().min(1).max(64).optional(),
    REDIS_USER: z.string().min(1).max(64),
    REDIS_TLS: flag.default(true),
  })
  .refine(
    ({ REDIS_ADDR, REDIS_SENTINELS, REDIS_MASTER }) =>
      REDIS_ADDR !== undefined || (REDIS_SENTINELS !== undefined && REDIS_MASTER !== undefined),
    {
      message: 'expected either REDIS_ADDR, or REDIS_SENTINELS with REDIS_MASTER',
    },
  );

export type RedisVariables = z.infer<typeof redisVariables>;
