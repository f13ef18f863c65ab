import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, segregation, storesWithChannels } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'channel-segregation',
    title: 'Only the declared publish and subscribe',
    statement:
      'On every declared Redis channel only its publishers may publish and only its subscribers may subscribe, and the default user is off without dropping at a restart what was written.',
    area: 'service-behaviour',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3'],
    halves: ['check', 'drill'],
    reads: ['spec', 'redis-acl', 'redis-conf', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    users: z
      .record(z.string(), z.string())
      .default({})
      .describe('Redis user of a service, where it is not of the same name.'),
    operators: z
      .array(z.string())
      .default([])
      .describe('Users of people and tools, such as a failover agent, that may do more.'),
  }),
  subjects: storesWithChannels,
  inputs: segregation,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
