import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { thePlatform } from '../../model/subjects.ts';
import { check, model } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'incident-model',
    title: 'Alerts speak the language of incidents',
    statement:
      'Severities with response times are defined from highest to lowest, and every alert maps to one of them.',
    area: 'operations',
    stage: 'day-0',
    launch: true,
    sources: ['OT1'],
    halves: ['check'],
    reads: ['spec', 'kubernetes', 'terraform', 'prometheus-rules', 'grafana-alerting', 'slo-spec'],
    severity: 'medium',
    about: 'people',
    waivable: true,
    version: 4,
  },
  params: z.object({
    label: z.string().default('severity').describe('Alert label that carries the severity.'),
    meaning: z
      .record(z.string(), z.string())
      .default({})
      .describe('Severity of the spec for a label value of another name, such as critical: P0.'),
    silent: z.array(z.string()).default(['none', 'info']).describe('Label values that announce no incident.'),
  }),
  subjects: thePlatform,
  inputs: model,
  check,
});
