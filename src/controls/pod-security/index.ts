import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { runningServices } from '../../model/subjects.ts';
import { check, podSecurity } from './check.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'pod-security',
    title: 'Pods meet a Pod Security Standard',
    statement: 'Every pod meets the required Pod Security Standard, and its namespace enforces one.',
    area: 'workloads',
    stage: 'day-0',
    launch: false,
    sources: ['PF'],
    halves: ['check'],
    reads: ['kubernetes'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    level: z.enum(['baseline', 'restricted']).default('restricted').describe('Level that the pods must meet.'),
    enforce: z
      .enum(['privileged', 'baseline', 'restricted'])
      .default('baseline')
      .describe('Least level that the namespace must enforce; privileged asks for none.'),
    exempt: z.array(z.string()).default([]).describe('Rules not held against the pods, by their name in the standard.'),
  }),
  subjects: runningServices,
  inputs: podSecurity,
  check,
  synth,
});
