import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { accept } from './accept.ts';

export const control = defineControl({
  meta: {
    id: 'sign-offs',
    title: 'The responsible people have signed',
    statement:
      'Each topic of the launch is signed off, for exactly these sealed inputs, by people who hold the roles it needs.',
    area: 'operations',
    stage: 'day-0',
    launch: true,
    sources: ['PF'],
    halves: ['accept'],
    reads: ['spec'],
    severity: 'high',
    about: 'people',
    waivable: false,
    version: 1,
  },
  params: z.object({
    matrix: z
      .record(z.string(), z.array(z.string()).min(1))
      .default({
        infrastructure: ['security-lead', 'sre-lead'],
        'disaster-recovery': ['sre-lead', 'lead-architect'],
        'alert-test': ['on-call-lead'],
        everything: ['qa-lead'],
      })
      .describe('Roles that must sign each topic.'),
  }),
  subjects: theEnvironment,
  inputs: () => (view) => ({ environment: view.environment.name }),
  accept,
});
