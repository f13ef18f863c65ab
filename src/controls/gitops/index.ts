import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, deliveredEnvironment, delivery } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'gitops',
    title: 'GitOps',
    statement:
      'Every environment is deployed from git by a controller that detects drift, with application and infrastructure apart and promotion by tag or pull request.',
    area: 'delivery',
    stage: 'week-1',
    launch: false,
    sources: ['LR', 'IR8'],
    halves: ['check'],
    reads: ['spec', 'kubernetes', 'github-workflow', 'github-action', 'files'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    branches: z
      .array(z.string())
      .default([])
      .describe('Branches that production may follow, because a pull request into them is the promotion.'),
    manualSync: z.boolean().default(false).describe('Whether a person may be the one who syncs production.'),
    monorepo: z
      .boolean()
      .default(false)
      .describe('Whether application and infrastructure share a repository on purpose.'),
    rootFrom: z
      .int()
      .min(2)
      .default(5)
      .describe('From how many applications on one application must hold them together.'),
  }),
  subjects: deliveredEnvironment,
  inputs: delivery,
  check,
});
