import { z } from 'zod';
import { isDuration } from '../../model/duration.ts';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { facts, scraped } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'metrics-exposed',
    title: 'Metrics exposed and scraped',
    statement:
      'Every service is scraped, and every metric that an alert or a dashboard uses is exposed by something that is scraped.',
    area: 'observability',
    stage: 'weeks-2-3',
    launch: true,
    sources: ['PB1', 'PB3', 'LR', 'IR4', 'PF'],
    halves: ['check'],
    reads: [
      'spec',
      'kubernetes',
      'prometheus-config',
      'prometheus-rules',
      'grafana-dashboard',
      'otel-collector',
      'metrics-capture',
    ],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    unscraped: z
      .string()
      .default('')
      .describe('Why the service has no metrics to scrape; set for one service by CONTROL@SUBJECT'),
    elsewhere: z
      .array(z.string())
      .default([])
      .describe('Metrics that something outside of the repository exposes: names, or prefix_*'),
    longestWait: z
      .string()
      .refine(isDuration, 'expected a duration')
      .default('7d')
      .describe('Longest time that the condition of an alert may have to hold before it fires'),
    retention: z
      .string()
      .refine(isDuration, 'expected a duration')
      .default('7d')
      .describe('Least time that Prometheus keeps metrics where it writes them nowhere else'),
    replicas: z.int().min(1).default(2).describe('Fewest replicas of Prometheus and Alertmanager'),
    synthetic: z
      .boolean()
      .default(true)
      .describe('Every public host is asked by a synthetic probe of the repository; false: an outside service asks'),
  }),
  subjects: scraped,
  inputs: facts,
  check,
});
