import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, synth } from './check.ts';
import { egress, whereWorkloadsRun } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'egress-allow-list',
    title: 'Egress allow-list',
    statement: 'Traffic leaves the cluster only to declared names and ranges, and never from the data tier.',
    area: 'east-west',
    stage: 'day-0',
    launch: true,
    sources: ['IR6', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'nginx-conf'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    byName: z
      .array(z.string())
      .default([])
      .describe(
        'Services, as "service/NAME", that something outside of the repository holds to the names they are declared to reach.',
      ),
  }),
  subjects: whereWorkloadsRun,
  inputs: egress,
  check,
  synth,
  drill: async () => (await import('./drill.ts')).drill,
});
