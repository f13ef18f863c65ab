import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { thePlatform } from '../../model/subjects.ts';
import { check, governance } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'config-governance',
    title: 'Configuration governance',
    statement: 'Every feature flag and risk-sensitive setting has an owner, an approval and a promotion path.',
    area: 'delivery',
    stage: 'day-0',
    launch: false,
    sources: ['OT8'],
    halves: ['check'],
    reads: ['spec', 'kubernetes'],
    severity: 'medium',
    about: 'people',
    section: 'flags',
    waivable: true,
    version: 1,
  },
  params: z.object({
    flagPrefixes: z
      .array(z.string().min(1))
      .default(['FEATURE_', 'FEATURE_FLAG_', 'FF_'])
      .describe(
        'Beginnings of the variables that switch features; each such variable of a workload must be a declared flag.',
      ),
    settings: z
      .array(z.string().min(1))
      .default([])
      .describe('Variables of risk-sensitive settings that must be declared as flags, such as BILLING_MODE.'),
  }),
  subjects: thePlatform,
  inputs: governance,
  check,
});
