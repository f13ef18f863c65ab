import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { isDuration } from '../../model/duration.ts';
import { check } from './check.ts';
import { growingStores, storeGrowth } from './input.ts';
import { synth } from './synth.ts';

const duration = z.string().refine(isDuration, 'expected a duration such as 3d');

export const control = defineControl({
  meta: {
    id: 'data-growth',
    title: 'Data growth',
    statement: 'Every store has a growth model, an alert before it is full and jobs that enforce its retention.',
    area: 'data',
    stage: 'months-1-2',
    launch: false,
    sources: ['OT6', 'IR3', 'IR7'],
    halves: ['check'],
    reads: ['spec', 'kubernetes', 'terraform', 'prometheus-rules', 'grafana-alerting', 'prometheus-config', 'files'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    timeToAct: duration.default('3d').describe('Time that people need to make room once they are told.'),
    room: duration.default('30d').describe('Shortest time until a store may be full.'),
    keep: duration.default('730d').describe('A store with room for so long needs nothing that deletes.'),
  }),
  subjects: growingStores,
  inputs: storeGrowth,
  check,
  synth,
});
