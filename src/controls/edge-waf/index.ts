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
    minDetection: z
      .number()
      .min(0)
      .max(1)
      .default(0.9)
      .describe('Smallest share of the attacks of a drill, of the classes below, that the WAF must note'),
    attackClasses: z
      .array(z.string())
      .default([
        'SQL injection',
        'cross-site scripting',
        'path traversal',
        'command injection',
        'code injection',
        'response splitting',
        'scanner',
      ])
      .describe(
        'Classes of attacks that the WAF is held to: those the Core Rule Set says it is for. Others are counted only',
      ),
    ramp: z.array(z.number()).default([10, 50, 100]).describe('Percentages of traffic by which blocking is rolled out'),
  }),
  subjects: theEnvironment,
  inputs: edgeWaf,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
