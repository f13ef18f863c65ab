import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, repositoryWithHost, settings } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'repository-policy',
    title: 'Repository policy',
    statement:
      'The default branch is protected in fact, and code owners, security policy, contributing guide and dependency updates are in place.',
    area: 'supply-chain',
    stage: 'day-0',
    launch: false,
    sources: ['LR'],
    halves: ['check'],
    reads: ['spec', 'github-ruleset', 'codeowners', 'security-policy', 'update-bot', 'files'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    defaultBranch: z.string().default('main').describe('The branch that is deployed from.'),
    approvals: z.int().min(0).default(1).describe('Fewest approving reviews of a change.'),
    bypass: z
      .array(z.string())
      .default([])
      .describe('Actors that may bypass the ruleset at any time, as findings name them: "Team 17".'),
    sharedFiles: z
      .boolean()
      .default(false)
      .describe("Whether the owner's .github repository supplies SECURITY and CONTRIBUTING."),
  }),
  subjects: repositoryWithHost,
  inputs: settings,
  check,
});
