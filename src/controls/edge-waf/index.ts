import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { check } from './check.ts';
import { edgeWaf } from './query.ts';

/** Not what was measured: what is asked of a level, by what the rule set says that it is for (see the readme). */
const share = (least: number) => z.number().min(0).max(1).default(least);

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
      'grafana-alerting',
      'grafana-dashboard',
      'markdown',
      'files',
    ],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 6,
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
      .strictObject({ level1: share(0.8), level2: share(0.9), level3: share(0.95), level4: share(0.95) })
      .prefault({})
      .describe(
        'Smallest share of the attacks of a drill that the WAF must note, by paranoia level, over all classes that the Core Rule Set claims at that level',
      ),
    alsoDetect: z
      .array(z.string())
      .default([])
      .describe(
        'Classes that the rule set does not claim and the WAF is held to all the same, for a platform with rules of its own: XML entities, server-side request forgery, template injection, prototype pollution',
      ),
    ramp: z.array(z.number()).default([10, 50, 100]).describe('Percentages of traffic by which blocking is rolled out'),
  }),
  subjects: theEnvironment,
  inputs: edgeWaf,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
