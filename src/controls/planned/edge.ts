import type { ControlMeta } from '../../model/control.ts';

export const edgeControls: readonly ControlMeta[] = [
  {
    id: 'stream-drain',
    title: 'Drain of live streams',
    statement:
      'A terminating pod takes no new session, and its grace period covers preStop, propagation, the drain window and load-balancer deregistration.',
    area: 'edge',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'nginx-conf'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  },
];
