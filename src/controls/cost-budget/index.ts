import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { thePlatform } from '../../model/subjects.ts';
import { check } from './check.ts';
import { spending } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'cost-budget',
    title: 'Cost budget',
    statement:
      'The platform has a budget that its estimated cost stays within, with an owner, thresholds that something watches, an escalation and a dashboard by service and feature.',
    area: 'operations',
    stage: 'weeks-2-3',
    launch: false,
    sources: ['OT10'],
    halves: ['check'],
    reads: ['spec', 'kubernetes', 'terraform', 'grafana-dashboard', 'markdown', 'price-table', 'files'],
    severity: 'low',
    about: 'people',
    waivable: true,
    version: 2,
  },
  params: z.object({
    thresholds: z.int().min(1).default(2).describe('Fewest thresholds, in percent of the budget.'),
    dimensions: z
      .array(z.string().regex(/^\w+$/))
      .default(['service', 'feature'])
      .describe('Labels by which the dashboard must break the cost down.'),
    minWords: z.int().min(0).default(40).describe('An escalation document of fewer words is a stub.'),
    trustedHosts: z
      .array(z.string())
      .default([])
      .describe('Hosts of documents and dashboards outside of the repository that are taken as written.'),
    pricesSince: z.iso.date().optional().describe('A table of prices from before this day is too old to judge by.'),
  }),
  subjects: thePlatform,
  inputs: spending,
  check,
});
