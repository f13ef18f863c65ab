import type { ControlMeta } from '../../model/control.ts';

export const operationsControls: readonly ControlMeta[] = [
  {
    id: 'chaos',
    title: 'Chaos experiments',
    statement:
      'Every declared experiment has a hypothesis and a halt condition, and the steady state held while it ran.',
    area: 'operations',
    stage: 'months-1-2',
    launch: false,
    sources: ['LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
];
