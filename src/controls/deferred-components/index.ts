import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, decidedEnvironment, deployed } from './check.ts';
import { COMPONENTS } from './components.ts';

export const control = defineControl({
  meta: {
    id: 'deferred-components',
    title: 'Deferred components',
    statement: 'No deferred component is deployed unless its trigger is met and recorded.',
    area: 'operations',
    stage: 'deferred',
    launch: false,
    sources: ['PB2', 'LR'],
    halves: ['check'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  params: z.object({
    components: z
      .array(z.enum(COMPONENTS))
      .default(['mesh', 'sidecars', 'gateway'])
      .describe('Components put off by default; others are judged where the spec lists them under deferred.'),
  }),
  subjects: decidedEnvironment,
  inputs: deployed,
  check,
});
