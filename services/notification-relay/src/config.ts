import { duration, integer, readConfig } from '@launchgate/runtime/config';
import { databaseVariables, redisVariables, serviceVariables } from '@launchgate/service-common/config';
import { WORKER_PARTS } from '@launchgate/service-common/worker';
import { z } from 'zod';

const variables = z.intersection(
  serviceVariables.extend({
    CHANNEL_PREFIX: z
      .string()
      .regex(/^[a-z][a-z0-9.]{0,62}\.$/, 'expected a prefix such as notify.user.')
      .default('notify.user.'),
    POLL_INTERVAL: duration({ min: 10, max: 60_000 }).default(1000),
    BATCH: integer(1, 1000).default(100),
  }),
  z.intersection(databaseVariables, redisVariables),
);

/** Throws `ConfigInvalid`. */
export function readRelayConfig(env: NodeJS.ProcessEnv) {
  return readConfig(variables, env, WORKER_PARTS);
}
