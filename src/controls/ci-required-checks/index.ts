import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, checks, repositoryWithWorkflows } from './check.ts';
import { KINDS } from './tools.ts';

export const control = defineControl({
  meta: {
    id: 'ci-required-checks',
    title: 'Required checks in CI',
    statement:
      'Lint, types, tests and every kind of security scan run on each change and on a schedule, and a change cannot merge without them.',
    area: 'supply-chain',
    stage: 'day-0',
    launch: true,
    sources: ['LR', 'IR4', 'OT7', 'PB3'],
    halves: ['check'],
    reads: ['spec', 'github-workflow', 'github-action', 'github-ruleset', 'scanner-config', 'files'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    kinds: z
      .array(z.enum(KINDS))
      .default([...KINDS])
      .describe('Kinds of checks that are wanted; each only where the repository holds something to check.'),
    onSchedule: z
      .array(z.enum(KINDS))
      .default(['dependency', 'sast', 'dast', 'iac', 'image'])
      .describe('Kinds that must also run on a schedule, because what they look for becomes known later.'),
    onScheduleOnly: z
      .array(z.enum(KINDS))
      .default(['dast'])
      .describe('Kinds for which the schedule is enough, because they need a running application.'),
    coverage: z.boolean().default(true).describe('Whether test coverage must be published.'),
    defaultBranch: z.string().default('main').describe('The branch that changes merge into.'),
  }),
  subjects: repositoryWithWorkflows,
  inputs: checks,
  check,
});
