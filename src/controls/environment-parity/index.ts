import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { askSchema } from '../../proofs/drilling/site.ts';
import { check, parity, preProduction } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'environment-parity',
    title: 'Environment parity',
    statement:
      'Pre-production is built as code and differs from production only where a difference is listed and allowed, and its data are anonymized.',
    area: 'delivery',
    stage: 'day-0',
    launch: false,
    sources: ['LR', 'OT8', 'IR2'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    maxStandUp: duration.default('30m').describe('Longest from nothing to all of it ready.'),
    asks: z.array(askSchema).default([]).describe('Questions that the new platform must answer at its edge.'),
    servedWithin: z
      .number()
      .positive()
      .default(20)
      .describe('Seconds within which a customer must be told, on the new platform, what came of a request.'),
    ignoreSizes: z.boolean().default(true).describe('Whether replicas and resources may be smaller before production.'),
    ignoreValues: z
      .boolean()
      .default(true)
      .describe('Whether variables may have other values; which variables there are always counts.'),
  }),
  subjects: preProduction,
  inputs: parity,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
