import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { allStores, backup, check } from './check.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'backup-policy',
    title: 'Every store is backed up within its RPO',
    statement:
      'Every store has a backup that runs, often enough for its RPO, kept, encrypted, off site, with named access.',
    area: 'data',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'OT3', 'PF', 'IR1'],
    halves: ['check'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: false,
    version: 4,
  },
  params: z.object({
    minRetention: duration.default('7d').describe('Shortest time that backups must be kept.'),
    requireOffsite: z.boolean().default(true).describe('Whether a copy must survive the loss of the site.'),
  }),
  subjects: allStores,
  inputs: backup,
  check,
  synth,
});
