import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { duration } from '../../model/spec/words.ts';
import { accept } from './accept.ts';
import { approvals, check, productionEnvironments } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'manual-approval',
    title: 'Manual approval',
    statement: 'No deployment to production runs without the approval of a named person, and a recorded run shows one.',
    area: 'delivery',
    stage: 'day-0',
    launch: false,
    sources: ['PF'],
    halves: ['check', 'accept'],
    reads: ['spec', 'github-workflow', 'github-action', 'github-environment', 'terraform', 'kubernetes', 'files'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  params: z.object({
    approvers: z
      .array(z.string())
      .default([])
      .describe('Logins and team slugs that may approve. Empty: whoever the environment names.'),
    selfApproval: z.boolean().default(false).describe('Whether who started a deployment may approve it.'),
    recordedWithin: duration.default('90d').describe('Longest age of the recorded run with its approval.'),
  }),
  subjects: productionEnvironments,
  inputs: approvals,
  check,
  accept,
});
