import type { ControlMeta } from '../../model/control.ts';

export const supplyChainControls: readonly ControlMeta[] = [
  {
    id: 'repository-policy',
    title: 'Repository policy',
    statement:
      'The default branch is protected in fact, and code owners, security policy, contributing guide and dependency updates are in place.',
    area: 'supply-chain',
    stage: 'day-0',
    launch: false,
    sources: ['LR'],
    halves: ['check'],
    reads: ['github-ruleset', 'codeowners', 'security-policy', 'update-bot', 'files'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  {
    id: 'integration-fidelity',
    title: 'Integration fidelity',
    statement:
      'Contract tests, database integration tests and migrations run in CI, and a fresh report shows tests that ran.',
    area: 'supply-chain',
    stage: 'weeks-2-3',
    launch: false,
    sources: ['LR'],
    halves: ['check', 'accept'],
    reads: ['github-workflow'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
];
