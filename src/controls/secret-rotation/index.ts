import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { isDuration } from '../../model/duration.ts';
import { check } from './check.ts';
import { credentials, rotation } from './input.ts';

const duration = z.string().refine(isDuration, 'expected a duration such as 24h or 90d');

export const control = defineControl({
  meta: {
    id: 'secret-rotation',
    title: 'Secret rotation',
    statement:
      'Every credential rotates within its cadence, with overlapping versions and an SOP, and the old version is refused afterwards.',
    area: 'secrets',
    stage: 'weeks-2-3',
    launch: true,
    sources: ['PB3', 'OT4', 'LR', 'IR5', 'IR8'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'markdown', 'files'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    longest: duration.default('92d').describe('Longest time between two rotations: a quarter.'),
    longestByKind: z
      .record(z.string(), duration)
      .default({})
      .describe('Stricter cadences by kind of credential, such as terminal-token: 30d.'),
    lifetimeFor: z
      .array(z.string())
      .default(['terminal-token'])
      .describe('Kinds that sign tokens, whose lifetime (ttl) must be stated.'),
    minWords: z.int().min(0).default(60).describe('An SOP of fewer words is a stub.'),
    trustedHosts: z
      .array(z.string())
      .default([])
      .describe('Hosts of SOPs outside of the repository that are taken as written, such as a wiki.'),
    inUseWithin: duration
      .default('5m')
      .describe('Longest time from handing a version out until all who hold it use it.'),
    refusedWithin: duration.default('10s').describe('Longest time from ending a version until it is refused.'),
    loadPath: z
      .string()
      .default('')
      .describe(
        'What is asked for while credentials rotate; by default the public routes for users, each at its sample.',
      ),
  }),
  subjects: credentials,
  inputs: rotation,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
