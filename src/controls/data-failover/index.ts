import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { check } from './check.ts';
import { failover, productionStores } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'data-failover',
    title: 'Failover of stores',
    statement:
      'Every production store survives the loss of its primary within the declared time, losing no acknowledged write.',
    area: 'data',
    stage: 'months-1-2',
    launch: false,
    sources: ['LR', 'IR8'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 5,
  },
  params: z.object({
    maxTakeover: duration
      .default('1m')
      .describe('Longest from the loss of the primary to the next acknowledged write.'),
    maxReplicaDelay: duration.default('10s').describe('Longest until a write can be read on the standby.'),
    maxLostWrites: z
      .int()
      .min(0)
      .default(0)
      .describe('Acknowledged writes that may be lost; more than none where replication is asynchronous.'),
  }),
  subjects: productionStores,
  inputs: failover,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
