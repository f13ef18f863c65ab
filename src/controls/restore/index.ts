import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { check } from './check.ts';
import { lastingStores, restore } from './input.ts';

const statement = z.strictObject({
  name: z.string().min(1).max(200).describe('What holds, in words.'),
  sql: z.string().min(1).max(10_000),
});

export const control = defineControl({
  meta: {
    id: 'restore',
    title: 'Restore',
    statement:
      'Every store has been restored from its backup into a separate place, whole and usable, within its RTO and RPO.',
    area: 'data',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'OT3', 'PF', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec'],
    severity: 'critical',
    about: 'platform',
    waivable: false,
    version: 4,
  },
  params: z.object({
    maxBaseAge: duration
      .default('8d')
      .describe('Oldest full backup that a log may have to be replayed onto, for stores that ship a log.'),
    invariants: z
      .array(statement)
      .default([])
      .describe('SQL that answers no row where the restored data hold together.'),
    smoke: z
      .array(
        statement.extend({ as: z.string().max(63).optional().describe('Role of the platform; default: operator.') }),
      )
      .default([])
      .describe('SQL that the platform lives by, which must answer at least one row on the restored store.'),
  }),
  subjects: lastingStores,
  inputs: restore,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
