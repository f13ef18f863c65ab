import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { isDuration } from '../../model/duration.ts';
import { duration } from '../../model/spec/words.ts';
import { check } from './check.ts';
import { cachingServices, staleCache } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'stale-cache',
    title: 'Stale cache on outage',
    statement:
      'The cache lives outside the pods, has TTL and staleness limits and an exported hit rate, and serves stale answers only within those limits.',
    area: 'service-behaviour',
    stage: 'months-1-2',
    launch: false,
    sources: ['LR'],
    halves: ['check', 'drill'],
    reads: [
      'spec',
      'kubernetes',
      'redis-conf',
      'terraform',
      'prometheus-rules',
      'prometheus-config',
      'grafana-dashboard',
      'otel-collector',
      'metrics-capture',
    ],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    maxStale: duration.default('24h').describe('Longest time for which a stale answer may be served.'),
    evicting: z
      .array(z.string())
      .default([
        'allkeys-lfu',
        'allkeys-lru',
        'allkeys-random',
        'volatile-lfu',
        'volatile-lru',
        'volatile-random',
        'volatile-ttl',
      ])
      .describe('Eviction policies that make room for new answers.'),
    ask: z
      .object({ path: z.string().startsWith('/'), source: z.string().startsWith('store/') })
      .optional()
      .describe(
        'Public path whose answer is cached, and the store that it comes from, for the drill; set by CONTROL@SUBJECT.',
      ),
    answersWithin: z
      .string()
      .refine(isDuration, 'expected a duration such as 5s')
      .default('5s')
      .describe('Longest answer while the cache hangs.'),
    recoversWithin: z
      .string()
      .refine(isDuration, 'expected a duration such as 30s')
      .default('30s')
      .describe('Longest time until it answers again once the source is back.'),
  }),
  subjects: cachingServices,
  inputs: staleCache,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
