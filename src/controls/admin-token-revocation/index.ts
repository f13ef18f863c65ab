import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { check } from './check.ts';
import { adminServices, revocation } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'admin-token-revocation',
    title: 'Emergency revocation of admin tokens',
    statement:
      'Every admin route refuses a revoked token within the declared staleness, and refuses all when the deny-list cannot be read.',
    area: 'service-behaviour',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'prometheus-rules', 'grafana-alerting', 'markdown', 'files'],
    severity: 'critical',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    maxStaleness: duration
      .default('60s')
      .describe('Longest time from a revocation to its refusal: what the drill is held to.'),
    tokenLifetime: duration
      .default('15m')
      .describe('How long admin tokens live. A list that may be as old as that shortens nothing.'),
    closed: z.array(z.string()).default(['closed']).describe('Values of the fail mode that mean: refuse.'),
    staleMetric: z
      .string()
      .default('admin_denylist_as_of_timestamp_seconds')
      .describe('The metric that says how old the list is; denylist, deny_list or revocation is a part of its name.'),
    runbook: z.string().default('emergency-revocation').describe('What its runbook is listed "for".'),
    minWords: z.int().min(0).default(60).describe('Fewer words than this make a stub of the runbook.'),
  }),
  subjects: adminServices,
  inputs: revocation,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
