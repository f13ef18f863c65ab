import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { routing, subjects } from './input.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'alert-routing',
    title: 'Alert routing',
    statement: 'Every alert reaches a receiver with a person on call, P0 and P1 page, and no route is dead.',
    area: 'observability',
    stage: 'day-0',
    launch: true,
    sources: ['PF', 'OT2'],
    halves: ['check'],
    reads: [
      'spec',
      'kubernetes',
      'terraform',
      'prometheus-config',
      'prometheus-rules',
      'grafana-alerting',
      'slo-spec',
      'alertmanager-config',
    ],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    label: z.string().default('severity').describe('Alert label that carries the severity.'),
    meaning: z
      .record(z.string(), z.string())
      .default({})
      .describe('Severity of the spec for a label value of another name, such as critical: P0.'),
    silent: z
      .array(z.string())
      .default(['none', 'info'])
      .describe('Label values of alerts that may reach nobody, such as those that only inhibit others.'),
    paging: z
      .array(z.string())
      .default(['pagerduty', 'opsgenie', 'victorops', 'incidentio', 'oncall', 'pushover', 'sns', 'webhook'])
      .describe('Integrations that wake somebody. A webhook counts, because most pagers have one.'),
    unused: z
      .boolean()
      .default(true)
      .describe('Whether routes and inhibition rules that none of the known alerts takes are reported.'),
  }),
  subjects,
  inputs: () => routing,
  check,
  synth,
});
