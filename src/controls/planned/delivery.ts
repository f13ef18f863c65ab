import type { ControlMeta } from '../../model/control.ts';

export const deliveryControls: readonly ControlMeta[] = [
  {
    id: 'progressive-delivery',
    title: 'Progressive delivery',
    statement:
      'Every service rolls out in steps judged by error rate and p99, halts on a breach, and does not pass without data.',
    area: 'delivery',
    stage: 'weeks-2-3',
    launch: false,
    sources: ['LR', 'IR4', 'IR8'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  },
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
