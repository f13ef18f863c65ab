import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { delivery } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'alert-delivery',
    title: 'Alert delivery',
    statement: 'A fault pages a person, and its end resolves the page, within the predicted time.',
    area: 'observability',
    stage: 'day-0',
    launch: true,
    sources: ['PF', 'OT1'],
    halves: ['drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'prometheus-config', 'prometheus-rules', 'alertmanager-config'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 4,
  },
  params: z.object({
    alert: z
      .string()
      .default('')
      .describe('The alert that the drill waits for; empty: the first that pages when a process does not answer.'),
    service: z
      .string()
      .default('')
      .describe('The service of which one replica is ended; empty: the first that customers do not reach.'),
    severityLabel: z.string().default('severity').describe('The label that carries the severity of an alert.'),
    allowance: z
      .number()
      .positive()
      .default(5)
      .describe('Seconds by which a page, an escalation or a resolve may come later than predicted.'),
    deadMan: z.boolean().default(true).describe('Whether something outside must notice when alerting itself is dead.'),
  }),
  subjects: theEnvironment,
  inputs: () => delivery,
  drill: async () => (await import('./drill.ts')).drill,
});
