import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { longRunningServices } from '../../model/subjects.ts';
import { check } from './check.ts';
import { probed } from './input.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'health-probes',
    title: 'Health probes',
    statement:
      'Every container has liveness and readiness probes that differ, on ports that exist, and a startup probe where it starts slowly.',
    area: 'workloads',
    stage: 'day-0',
    launch: false,
    sources: ['PF'],
    halves: ['check'],
    reads: ['kubernetes'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    liveness: z
      .boolean()
      .default(true)
      .describe('Ask for a liveness probe. A process that ends when it is broken needs none.'),
    slowStartSeconds: z
      .int()
      .min(0)
      .default(30)
      .describe('From this initialDelaySeconds of a liveness probe on, the start is slow and wants a startup probe.'),
    exempt: z
      .array(z.string())
      .default([])
      .describe('Names of containers that are asked nothing (injected proxies, say).'),
  }),
  subjects: longRunningServices,
  inputs: probed,
  check,
  synth,
});
