import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { check } from './check.ts';
import { archiving, continuousStores } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'point-in-time-recovery',
    title: 'Point-in-time recovery',
    statement: 'Every store that archives continuously can be brought back to the moment before a mistake.',
    area: 'data',
    stage: 'months-1-2',
    launch: false,
    sources: ['LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'postgres-conf'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    maxReplay: duration.default('30m').describe('Longest that the log may take to be replayed onto the backup.'),
  }),
  subjects: continuousStores,
  inputs: archiving,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
