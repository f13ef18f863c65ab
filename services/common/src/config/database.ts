/** Where PostgreSQL is and who asks: the variables of every service that stores something. */
import { integer } from '@launchgate/runtime/config';
import { z } from 'zod';

export const databaseVariables = z.object({
  DATABASE_HOST: z.string().min(1),
  DATABASE_PORT: integer(1, 65_535).default(5432),
  DATABASE_NAME: z.string().min(1).max(63),
  DATABASE_USER: z.string().min(1).max(63),
  DATABASE_SSLMODE: z.enum(['disable', 'verify-ca', 'verify-full']).default('verify-full'),
  DATABASE_MAX_CONNS: integer(1, 200).default(10),
  /** Past a pooler in transaction mode, for what listens; without them the database above is asked directly. */
  DATABASE_DIRECT_HOST: z.string().min(1).optional(),
  DATABASE_DIRECT_PORT: integer(1, 65_535).optional(),
});

export type DatabaseVariables = z.infer<typeof databaseVariables>;
