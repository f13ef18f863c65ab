import type { ControlMeta } from '../../model/control.ts';

export const operationsControls: readonly ControlMeta[] = [
  {
    id: 'capacity-baseline',
    title: 'Capacity baseline',
    statement:
      'Every layer is sized for the declared load with headroom, and what saturates first is measured and owned.',
    area: 'operations',
    stage: 'weeks-2-3',
    launch: false,
    sources: ['OT6', 'IR7', 'IR8', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  },
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
