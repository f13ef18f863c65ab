import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { check } from './check.ts';
import { edgeWaf } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'edge-waf',
    title: 'Web application firewall',
    statement:
      'Every public route passes a WAF whose rules, paranoia level, mode, exceptions and ramp to blocking are kept in git, with an alert on block spikes and a rollback runbook.',
    area: 'edge',
    stage: 'weeks-2-3',
    launch: true,
    sources: ['PB1', 'LR', 'IR6'],
    halves: ['check', 'drill'],
    reads: [
      'spec',
      'kubernetes',
      'terraform',
      'nginx-conf',
      'prometheus-rules',
      'grafana-dashboard',
      'markdown',
      'files',
    ],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  params: z.object({
    blockIn: z.array(z.string()).default(['production']).describe('Kinds of environment in which the WAF blocks'),
    maxParanoia: z
      .number()
      .int()
      .min(1)
      .max(4)
      .default(2)
      .describe('Highest paranoia level of the Core Rule Set to launch with'),
    healthPaths: z
      .array(z.string())
      .default(['/healthz', '/metrics'])
      .describe('Paths of probes and scrapes; the exceptions must name one of them'),
    ramp: z.array(z.number()).default([10, 50, 100]).describe('Percentages of traffic by which blocking is rolled out'),
  }),
  subjects: theEnvironment,
  inputs: edgeWaf,
  check,
});
