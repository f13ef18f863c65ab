import type { ControlMeta } from '../../model/control.ts';

export const deliveryControls: readonly ControlMeta[] = [
  {
    id: 'infrastructure-plan',
    title: 'Infrastructure plan',
    statement:
      'A fresh plan of the production infrastructure is clean, shows no drift and passes a least-privilege audit.',
    area: 'delivery',
    stage: 'day-0',
    launch: false,
    sources: ['PF', 'IR8'],
    halves: ['accept'],
    reads: ['terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  },
];
