import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { placements, spreadSubjects } from './input.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'replica-spread',
    title: 'Spread over zones and nodes',
    statement:
      'Losing any one zone or node leaves every service and store with its quorum, and drains and rollouts find room.',
    area: 'workloads',
    stage: 'week-1',
    launch: false,
    sources: ['LR', 'IR1', 'IR3'],
    halves: ['check'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    zones: z.boolean().default(true).describe('Ask for the quorum after the loss of a zone. Off for a site with one.'),
    nodes: z.boolean().default(true).describe('Ask for the quorum after the loss of a node.'),
    scaleDowns: z
      .boolean()
      .default(false)
      .describe('Also ask for the quorum after an autoscaler took pods away, which it does without regard to zones.'),
    exempt: z
      .array(z.string())
      .default([])
      .describe('Workloads that may be away while a node or zone is replaced, such as "Deployment ops/grafana".'),
  }),
  subjects: spreadSubjects,
  inputs: placements,
  check,
  synth,
});
