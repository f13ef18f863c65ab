import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, guard, probingServices } from './check.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'ssrf-guard',
    title: 'Probes reach the declared nodes only',
    statement:
      'Services that send requests to addresses others supply may reach the declared subnets and never metadata, link-local or loopback.',
    area: 'service-behaviour',
    stage: 'day-0',
    launch: true,
    sources: ['PB3', 'OT4'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes'],
    severity: 'critical',
    about: 'platform',
    waivable: false,
    version: 2,
  },
  params: z.object({}),
  subjects: probingServices,
  inputs: guard,
  check,
  synth,
  drill: async () => (await import('./drill.ts')).drill,
});
