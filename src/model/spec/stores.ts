/** Where data lie. */
import { z } from 'zod';
import { capacity, workloadRef, metrics } from './services.ts';
import { name, duration, port, text, quantity } from './words.ts';

const backup = z.strictObject({
  /** Cron expression or `continuous`. */
  schedule: text,
  retention: duration,
  encrypted: z.boolean(),
  /** Where copies lie that survive the loss of the site. */
  offsite: text.optional(),
  /** Who may read and delete backups. */
  access: z.array(text).optional(),
  /** What performs it: a CronJob, a CRD object, a managed service. */
  by: text.optional(),
});

export const store = z.strictObject({
  name,
  kind: z.enum([
    'postgres',
    'mysql',
    'mariadb',
    'redis',
    'nats',
    'kafka',
    'qdrant',
    'elasticsearch',
    'bucket',
    'volume',
    'temporal',
    'config',
    'other',
  ]),
  owner: text.optional(),
  workloads: z.array(workloadRef).optional(),
  managed: text.optional(),
  quorum: z.int().min(1).optional(),
  port: port.optional(),
  /** Largest loss of data that is accepted, and longest time to be back. */
  rpo: duration.optional(),
  rto: duration.optional(),
  backup: backup.optional(),
  /** Set when the store holds nothing that must survive; the reason is shown. */
  ephemeral: text.optional(),
  /** An accepted gap in restorability, in words. */
  riskNote: text.optional(),
  /** Names that clients reach it by, where it is no Service of this cluster. */
  hosts: z.array(text).optional(),
  /** Connections it takes at most, where no source says so, and those that no workload opens: people, monitoring, backups. */
  connections: z
    .strictObject({
      max: z.int().positive().optional(),
      others: z.record(z.string(), z.int().nonnegative()).default({}),
    })
    .optional(),
  capacity: capacity.optional(),
  growth: z
    .strictObject({
      size: quantity,
      perDay: quantity,
      /** Room it has, where no claim or resource says so. */
      volume: quantity.optional(),
      /** Size that retention keeps it below. */
      bound: quantity.optional(),
      /** What deletes or moves what is old: a CronJob, a setting. */
      retention: text.optional(),
    })
    .optional(),
  metrics: metrics.optional(),
});
