import { duration, integer, readConfig } from '@launchgate/runtime/config';
import { databaseVariables, natsVariables, serviceVariables } from '@launchgate/service-common/config';
import { WORKER_PARTS } from '@launchgate/service-common/worker';
import { z } from 'zod';

const legacyVariables = z.object({
  USAGE_DATABASE_HOST: z.string().min(1).optional(),
  USAGE_DATABASE_PORT: integer(1, 65_535).default(3306),
  USAGE_DATABASE_NAME: z.string().min(1).max(64).default('usage_legacy'),
  USAGE_DATABASE_USER: z.string().min(1).max(80).default('billing_ro'),
  USAGE_DATABASE_TLS: z.enum(['verify-identity', 'disable']).default('verify-identity'),
});

const variables = serviceVariables
  .extend(databaseVariables.shape)
  .extend(natsVariables.shape)
  .extend(legacyVariables.shape)
  .extend({
    /** Messages under way at once; each takes a connection of the pool. */
    WORKER_CONCURRENCY: integer(1, 256).default(16),
    /** Deliveries after which a message that fails by its own fault becomes a dead letter. */
    MAX_DELIVERIES: integer(1, 100).default(5),
    RECONCILE_INTERVAL: duration({ min: 1000 }).default(900_000),
    /** How long an event may be under way before it counts as lost. */
    RECONCILE_GRACE: duration().default(300_000),
    /** How far back is compared. */
    RECONCILE_WINDOW: duration({ max: 400 * 86_400_000 }).default(7 * 86_400_000),
    INVOICE_GRACE: duration({ max: 30 * 86_400_000 }).default(86_400_000),
  });

export type WorkerConfig = ReturnType<typeof readWorkerConfig>;

/** Throws `ConfigInvalid`. */
export function readWorkerConfig(env: NodeJS.ProcessEnv) {
  return readConfig(variables, env, WORKER_PARTS);
}
