import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { askSchema } from '../../proofs/drilling/site.ts';
import { check } from './check.ts';
import { recoveredEnvironment, recovery } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'disaster-recovery',
    title: 'Disaster recovery',
    statement: 'The whole platform can be rebuilt from backups alone in a separate environment within its RPO and RTO.',
    area: 'data',
    stage: 'months-1-2',
    launch: true,
    sources: ['OT3', 'IR8', 'PF'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 5,
  },
  params: z.object({
    maxRpo: duration.default('15m').describe('Largest loss of a database.'),
    maxRto: duration.default('2h').describe('Longest time until any store is back.'),
    databases: z
      .array(z.string())
      .default(['postgres', 'mysql', 'mariadb'])
      .describe('Kinds of stores that the RPO is for.'),
    minZones: z.int().min(1).default(2).describe('Fewest zones that nodes are spread over.'),
    asks: z.array(askSchema).default([]).describe('Questions that the rebuilt platform must answer at its edge.'),
    servedWithin: z
      .number()
      .positive()
      .default(20)
      .describe('Seconds within which a customer must be told, on the rebuilt platform, what came of a request.'),
    otherRegion: z.boolean().default(true).describe('Whether every store has a copy in another region.'),
  }),
  subjects: recoveredEnvironment,
  inputs: recovery,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
