import type { ControlMeta } from '../../model/control.ts';

export const supplyChainControls: readonly ControlMeta[] = [
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
