import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { thePlatform } from '../../model/subjects.ts';
import { check, roster } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'on-call',
    title: 'Somebody is on call at every hour',
    statement:
      'Every severity that pages has a rotation around the clock with relief and escalation, and everything has an owner.',
    area: 'operations',
    stage: 'day-0',
    launch: true,
    sources: ['OT2'],
    halves: ['check'],
    reads: ['spec'],
    severity: 'high',
    about: 'people',
    section: 'onCall',
    waivable: true,
    version: 1,
  },
  params: z.object({
    minPeople: z.int().min(1).default(2).describe('Fewest people in a rotation.'),
    horizon: duration.default('28d').describe('How far from its first shift a calendar is searched for gaps.'),
  }),
  subjects: thePlatform,
  inputs: roster,
  check,
});
