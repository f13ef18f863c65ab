import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { declaredEnvironment, sizing } from './input.ts';
import { params } from './params.ts';

export const control = defineControl({
  meta: {
    id: 'capacity-baseline',
    title: 'Capacity baseline',
    statement:
      'Every layer is sized for the declared load with headroom, and what saturates first is measured and owned.',
    area: 'operations',
    stage: 'weeks-2-3',
    launch: false,
    sources: ['OT6', 'IR7', 'IR8', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'files'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params,
  subjects: declaredEnvironment,
  inputs: sizing,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
