import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { dependentServices } from '../../model/subjects.ts';
import { isDuration } from '../../model/duration.ts';
import { check } from './check.ts';
import { shedding } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'readiness-shedding',
    title: 'Shedding by readiness',
    statement:
      'Readiness differs from liveness and sheds load when a declared critical dependency fails, without taking the whole fleet out.',
    area: 'service-behaviour',
    stage: 'weeks-2-3',
    launch: false,
    sources: ['LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    shedWithin: z
      .string()
      .refine(isDuration, 'expected a duration such as 30s')
      .default('30s')
      .describe('Longest time from the first failed answer of readiness until a pod gets no more requests.'),
    answersWithin: z
      .string()
      .refine(isDuration, 'expected a duration such as 15s')
      .default('15s')
      .describe('Longest answer, a refusal included, while a critical dependency hangs; longer ones hold the callers.'),
    recoversWithin: z
      .string()
      .refine(isDuration, 'expected a duration such as 30s')
      .default('30s')
      .describe('Longest time until every replica is well again by itself once the dependency is back.'),
    ask: z
      .string()
      .startsWith('/')
      .optional()
      .describe(
        'Public path that the drill reads as a customer and that needs the critical stores; set by CONTROL@SUBJECT.',
      ),
  }),
  subjects: dependentServices,
  inputs: shedding,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
