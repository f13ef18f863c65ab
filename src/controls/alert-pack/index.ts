import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { CLASS_IDS } from '../../proofs/alerting/pack/classes.ts';
import { check } from './check.ts';
import { pack } from './query.ts';
import { subjects } from './subjects.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'alert-pack',
    title: 'Alert pack',
    statement:
      'Every failure that the launch depends on seeing has an alert that fires on it, with a threshold tied to an SLO.',
    area: 'observability',
    stage: 'weeks-2-3',
    launch: true,
    sources: ['PB3', 'OT1', 'LR', 'PF'],
    halves: ['check', 'drill'],
    reads: [
      'spec',
      'kubernetes',
      'terraform',
      'prometheus-rules',
      'grafana-alerting',
      'prometheus-config',
      'alertmanager-config',
      'slo-spec',
    ],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    metrics: z
      .partialRecord(z.enum(CLASS_IDS), z.array(z.string()))
      .default({})
      .describe('Patterns of names of metrics by which an alert of a class is recognised, besides the usual ones.'),
    exempt: z
      .array(z.enum(CLASS_IDS))
      .default([])
      .describe('Classes that are not asked for, because something else tells of them.'),
    severityLabel: z.string().default('severity').describe('The label that carries the severity of an alert.'),
    queueLag: z
      .int()
      .positive()
      .default(10_000)
      .describe('Messages behind from which a written alert on queue lag fires.'),
    allowance: z
      .number()
      .positive()
      .default(5)
      .describe('Seconds by which a page or a resolve may come later than predicted, in the drill.'),
    runbookBase: z
      .string()
      .default('')
      .describe('What precedes the path of a runbook in written rules, such as https://git.example/main/.'),
  }),
  subjects,
  inputs: pack,
  check,
  synth,
  drill: async () => (await import('./drill.ts')).drill,
});
