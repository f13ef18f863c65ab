import { defineControl } from '../../model/control.ts';
import { dependentServices } from '../../model/subjects.ts';
import { check } from './check.ts';
import { dependsOn } from './input.ts';
import { params } from './params.ts';

export const control = defineControl({
  meta: {
    id: 'chaos',
    title: 'Chaos experiments',
    statement:
      'Every declared experiment has a hypothesis and a halt condition, and the steady state held while it ran.',
    area: 'operations',
    stage: 'months-1-2',
    launch: false,
    sources: ['LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params,
  subjects: dependentServices,
  inputs: dependsOn,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
