import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { isDuration } from '../../model/duration.ts';
import { thePlatform } from '../../model/subjects.ts';
import { check, emergencyAccess } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'break-glass',
    title: 'Break-glass access',
    statement: 'Emergency access is granted just in time by a quorum, expires by itself and leaves an audit trail.',
    area: 'secrets',
    stage: 'day-0',
    launch: true,
    sources: ['PB3', 'OT4', 'IR6'],
    halves: ['check', 'drill'],
    reads: ['spec', 'markdown', 'files'],
    severity: 'high',
    about: 'people',
    section: 'breakGlass',
    waivable: true,
    version: 2,
  },
  params: z.object({
    quorum: z.int().min(1).default(2).describe('Fewest people who must agree to a grant.'),
    longest: z
      .string()
      .refine(isDuration, 'expected a duration such as 8h')
      .default('8h')
      .describe('Longest life of a grant: a shift.'),
    minWords: z.int().min(0).default(60).describe('A procedure of fewer words is a stub.'),
    trustedHosts: z
      .array(z.string())
      .default([])
      .describe('Hosts of procedures outside of the repository that are taken as written, such as a wiki.'),
  }),
  subjects: thePlatform,
  inputs: emergencyAccess,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
