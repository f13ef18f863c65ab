import {
  databaseVariables,
  duration,
  integer,
  readConfig,
  redisVariables,
  serviceVariables,
} from '@launchgate/service-common/config';
import { z } from 'zod';

const variables = z.intersection(
  serviceVariables.extend({
    CHANNEL_PREFIX: z
      .string()
      .regex(/^[a-z][a-z0-9.]{0,62}\.$/, 'expected a prefix such as notify.user.')
      .default('notify.user.'),
    POLL_INTERVAL: duration({ max: 60_000 }).default(1000),
    BATCH: integer(1, 1000).default(100),
  }),
  z.intersection(databaseVariables, redisVariables),
);

export type RelayConfig = z.infer<typeof variables>;

/** Throws `ConfigInvalid`. */
export function readRelayConfig(env: NodeJS.ProcessEnv): RelayConfig {
  return readConfig(variables, env);
}
