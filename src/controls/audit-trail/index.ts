import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { isDuration } from '../../model/duration.ts';
import { thePlatform } from '../../model/subjects.ts';
import { check } from './check.ts';
import { trail } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'audit-trail',
    title: 'Audit trail',
    statement:
      'Audit logs are access-controlled, exportable and kept for their retention, and an incident can be rebuilt from a correlation id.',
    area: 'operations',
    stage: 'day-0',
    launch: false,
    sources: ['OT9'],
    halves: ['check', 'drill'],
    reads: ['spec', 'terraform', 'markdown', 'files'],
    severity: 'medium',
    about: 'people',
    section: 'audit',
    waivable: true,
    version: 2,
  },
  params: z.object({
    shortest: z
      .string()
      .refine(isDuration, 'expected a duration such as 365d')
      .default('365d')
      .describe('Shortest retention of audit logs.'),
    everybody: z
      .array(z.string())
      .default(['*', 'all', 'everyone', 'everybody', 'anyone', 'authenticated'])
      .describe('Names in the access list that mean no control.'),
    correlationIds: z
      .array(z.string())
      .default(['request_id', 'correlation_id', 'trace_id'])
      .describe('Names, ending in _id, of what an incident is rebuilt by; the procedure must use one of them.'),
    minWords: z.int().min(0).default(60).describe('A procedure of fewer words is a stub.'),
    trustedHosts: z
      .array(z.string())
      .default([])
      .describe('Hosts of procedures outside of the repository that are taken as written, such as a wiki.'),
    deed: z
      .strictObject({
        service: z.string().default('api'),
        method: z.string().default('POST'),
        path: z.string().default(''),
        body: z.string().default(''),
      })
      .prefault({})
      .describe(
        'A request of an administrator that the trail must record, for the drill: harmless, and possible again and again.',
      ),
    requestHeader: z
      .string()
      .toLowerCase()
      .default('x-request-id')
      .describe('Header of an answer in which the edge tells the correlation id.'),
    rebuiltWithin: z
      .number()
      .positive()
      .default(20)
      .describe('Seconds within which an incident must be found in the logs by its id.'),
  }),
  subjects: thePlatform,
  inputs: trail,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
