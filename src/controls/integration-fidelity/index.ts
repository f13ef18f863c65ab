import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { accept } from './accept.ts';
import { check, fidelity, testedRepository } from './check.ts';
import { KINDS } from './tools.ts';

export const control = defineControl({
  meta: {
    id: 'integration-fidelity',
    title: 'Integration fidelity',
    statement:
      'Contract tests, database integration tests and migrations run in CI, and a fresh report shows tests that ran.',
    area: 'supply-chain',
    stage: 'weeks-2-3',
    launch: false,
    sources: ['LR'],
    halves: ['check', 'accept'],
    reads: ['spec', 'github-workflow', 'github-action', 'files'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 4,
  },
  params: z.object({
    kinds: z
      .array(z.enum(KINDS))
      .default([...KINDS])
      .describe('What must run on every change; databases and migrations only where the spec has a SQL store.'),
    reportWithin: duration.default('7d').describe('Longest age of the test report.'),
    minTests: z.int().min(1).default(1).describe('Fewest tests that must have run, skipped ones not counted.'),
  }),
  subjects: testedRepository,
  inputs: fidelity,
  check,
  accept,
});
