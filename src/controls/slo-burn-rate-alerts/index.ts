import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { check } from './check.ts';
import { burnRules, slos } from './query.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'slo-burn-rate-alerts',
    title: 'SLO burn-rate alerts',
    statement:
      'Every SLO has multi-window burn-rate alerts that can fire, fire when its budget burns, and say so when data is absent.',
    area: 'observability',
    stage: 'weeks-2-3',
    launch: true,
    sources: ['LR', 'OT1'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'prometheus-rules', 'grafana-alerting', 'prometheus-config', 'slo-spec'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    severityLabel: z.string().default('severity').describe('The label that carries the severity of an alert.'),
    pages: z
      .array(z.string())
      .default(['page', 'critical'])
      .describe('Severities that wake somebody, besides those that the spec says page.'),
    windows: z
      .array(z.strictObject({ long: duration, short: duration, budgetPercent: z.number().positive() }))
      .default([])
      .describe(
        'Pairs of windows that are used here besides those of the SRE workbook, Sloth and Pyrra, with the share of the budget.',
      ),
    absentWithin: duration.default('1h').describe('Longest wait until the absence of data alerts.'),
    runbookBase: z
      .string()
      .default('')
      .describe('What precedes the path of a runbook in written rules, such as https://git.example/main/.'),
  }),
  subjects: slos,
  inputs: burnRules,
  check,
  synth,
  drill: async () => (await import('./drill.ts')).drill,
});
