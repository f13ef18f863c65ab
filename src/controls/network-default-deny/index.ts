import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, synth, withheld } from './check.ts';
import { isolation, whereWorkloadsRun } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'network-default-deny',
    title: 'Default-deny between workloads',
    statement: 'No workload receives or opens a connection that a policy does not allow, probes and DNS considered.',
    area: 'east-west',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3', 'OT5', 'OT11', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'nginx-conf'],
    severity: 'critical',
    about: 'platform',
    waivable: true,
    version: 7,
  },
  params: z.object({
    hostNetwork: z
      .array(z.string())
      .default([])
      .describe('Workloads on the network of their node, as "NAMESPACE/NAME[KIND]", for which no policy is expected.'),
    open: z
      .array(z.string())
      .default([])
      .describe('Workloads, as "NAMESPACE/NAME[KIND]", that may take from and send to anybody.'),
    openToNewcomers: z
      .array(z.string())
      .default([])
      .describe('Namespaces that need no default-deny: a workload that is added there may start open.'),
  }),
  subjects: whereWorkloadsRun,
  inputs: isolation,
  check,
  synth,
  withheld,
  drill: async () => (await import('./drill.ts')).drill,
});
