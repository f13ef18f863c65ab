import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { check, migratedEnvironment, migrations } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'schema-migrations',
    title: 'Schema migrations',
    statement:
      'Migrations are gated, run once before the deploy, and either go back or have a fallback that the old code can work with.',
    area: 'data',
    stage: 'months-1-2',
    launch: false,
    sources: ['LR', 'IR4'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'files'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    maxMigration: duration.default('10m').describe('Longest that the newest migration may take on a copy of the data.'),
    topic: z
      .string()
      .default('migration-failed')
      .describe('The runbook that is the fallback where a migration cannot go back, as runbooks names it.'),
  }),
  subjects: migratedEnvironment,
  inputs: migrations,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
