import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { thePlatform } from '../../model/subjects.ts';
import { calendar, check } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'drill-calendar',
    title: 'Every drill has its turn',
    statement: 'Every drill that the platform needs is scheduled often enough and has an owner.',
    area: 'operations',
    stage: 'day-0',
    launch: true,
    sources: ['OT2', 'IR4', 'IR8'],
    halves: ['check'],
    reads: ['spec'],
    severity: 'medium',
    about: 'people',
    section: 'drills',
    waivable: true,
    version: 1,
  },
  params: z.object({
    longest: z
      .record(z.string(), z.string())
      .default({
        tabletop: '90d',
        restore: '90d',
        'data-failover': '92d',
        'capacity-baseline': '1d',
        'alert-delivery': '90d',
      })
      .describe('Longest time between two drills, by drill.'),
  }),
  subjects: thePlatform,
  inputs: calendar,
  check,
});
