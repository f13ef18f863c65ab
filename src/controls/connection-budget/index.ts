import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { connectionBudget, storesWithConnections } from './input.ts';
import { params } from './params.ts';

export const control = defineControl({
  meta: {
    id: 'connection-budget',
    title: 'Connection budget',
    statement:
      'The connections that all replicas may open at autoscaler maximum and surge stay below what the database allows.',
    area: 'data',
    stage: 'day-0',
    launch: false,
    sources: ['OT6', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params,
  subjects: storesWithConnections,
  inputs: connectionBudget,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
