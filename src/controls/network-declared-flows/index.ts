import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, synth } from './check.ts';
import { held, whereWorkloadsRun } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'network-declared-flows',
    title: 'Declared flows only',
    statement:
      'The connections that policies allow end to end are exactly the declared flows, and none leads from tenant to tenant.',
    area: 'east-west',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'OT5', 'OT11', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'nginx-conf'],
    severity: 'critical',
    about: 'platform',
    waivable: true,
    version: 4,
  },
  params: z.object({
    undeclaredFrom: z
      .array(z.string())
      .default([])
      .describe('Workloads, as "NAMESPACE/NAME[KIND]", that may connect to others without a declared flow.'),
  }),
  subjects: whereWorkloadsRun,
  inputs: held,
  check,
  synth,
  drill: async () => (await import('./drill.ts')).drill,
});
