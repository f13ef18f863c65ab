import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { check } from './check.ts';
import { shown } from './query.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'dashboards',
    title: 'Dashboards',
    statement:
      'Dashboards show traffic, latency, errors, resources, cache, certificates and WAF from production sources, with no panel on a missing metric.',
    area: 'observability',
    stage: 'weeks-2-3',
    launch: true,
    sources: ['LR', 'PF', 'OT5'],
    halves: ['check'],
    reads: [
      'spec',
      'kubernetes',
      'grafana-dashboard',
      'prometheus-rules',
      'prometheus-config',
      'otel-collector',
      'metrics-capture',
    ],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  params: z.object({
    elsewhere: z
      .array(z.string())
      .default([])
      .describe('Metrics that something outside of the repository exposes: names, or prefix_*'),
    topicsElsewhere: z
      .array(z.string())
      .default([])
      .describe('Topics that are shown outside of the repository, such as WAF in the console of its vendor'),
    patterns: z
      .record(z.string(), z.string())
      .default({})
      .describe('Further regular expressions, by topic, for queries that show it'),
  }),
  subjects: theEnvironment,
  inputs: shown,
  check,
  synth,
});
