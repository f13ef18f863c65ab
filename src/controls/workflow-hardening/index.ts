import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, pipelines, repositoryWithPipelines } from './check.ts';
import { synth } from './synth.ts';

export const control = defineControl({
  meta: {
    id: 'workflow-hardening',
    title: 'Workflow hardening',
    statement:
      'Production deploys only from a protected branch or release tag, with pinned actions and least permission.',
    area: 'supply-chain',
    stage: 'day-0',
    launch: false,
    sources: ['PF', 'IR4'],
    halves: ['check'],
    reads: ['spec', 'github-workflow', 'github-action', 'github-environment', 'files'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    branches: z
      .array(z.string())
      .default(['main', 'master', 'trunk', 'production', 'prod', 'release', 'release/**', 'releases/**', 'release-*'])
      .describe('Branches that production may be deployed from, as GitHub writes filters; each must be protected.'),
    trustedOwners: z
      .array(z.string())
      .default([])
      .describe('Owners whose actions may be used by tag, for instance your own organization.'),
    permissions: z.boolean().default(true).describe('Whether every job must state what its token may do.'),
  }),
  subjects: repositoryWithPipelines,
  inputs: pipelines,
  check,
  synth,
});
