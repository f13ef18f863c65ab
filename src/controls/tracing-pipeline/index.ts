import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { facts, traced } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'tracing-pipeline',
    title: 'Tracing pipeline',
    statement:
      'Every service exports spans through a collector to a backend, and a slow request shows where its time went.',
    area: 'observability',
    stage: 'months-1-2',
    launch: true,
    sources: ['PB1', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'otel-collector'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    untraced: z.string().default('').describe('Why the service sends no spans; set for one service by CONTROL@SUBJECT'),
    inCode: z
      .string()
      .default('')
      .describe('Where the code sets the endpoint, for a service that is not told by variables'),
    arrivesWithin: z
      .number()
      .positive()
      .default(20)
      .describe('Seconds within which the spans of a request must be found in the backend'),
    explained: z
      .number()
      .min(0)
      .max(1)
      .default(0.8)
      .describe('Share of the time of a slow request that spans of its parts must account for'),
  }),
  subjects: traced,
  inputs: facts,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
