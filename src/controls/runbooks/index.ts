import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { thePlatform } from '../../model/subjects.ts';
import { accept } from './accept.ts';
import { check, runbooks } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'runbooks',
    title: 'A runbook for every page',
    statement:
      'Every alert and every named failure has a runbook that is complete, whose links lead somewhere, and that was dry-run.',
    area: 'operations',
    stage: 'weeks-2-3',
    launch: true,
    sources: ['OT2', 'OT6', 'LR', 'PB3'],
    halves: ['check', 'accept'],
    reads: ['spec', 'kubernetes', 'terraform', 'prometheus-rules', 'grafana-alerting', 'markdown', 'files'],
    severity: 'high',
    about: 'people',
    waivable: true,
    version: 3,
  },
  params: z.object({
    topics: z
      .array(z.string())
      .default([
        'api-outage',
        'queue-backlog',
        'worker-failure',
        'webhook-outage',
        'rollout-rollback',
        'cache-flush',
        'database-failover',
        'trace-and-log-triage',
        'scaling',
        'emergency-revocation',
      ])
      .describe('Failures that need a runbook whether an alert announces them or not.'),
    alerts: z.boolean().default(true).describe('Whether every alert needs one.'),
    elsewhere: z
      .array(z.string())
      .default([])
      .describe(
        'Beginnings of runbook addresses that are never files of this repository, though they may look like it.',
      ),
    minWords: z.int().min(0).default(60).describe('Fewer words than this make a stub.'),
    dryRunWithin: duration.default('90d').describe('Longest age of the recorded dry run.'),
  }),
  subjects: thePlatform,
  inputs: runbooks,
  check,
  accept,
});
