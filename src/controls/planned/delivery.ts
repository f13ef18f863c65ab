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
];
