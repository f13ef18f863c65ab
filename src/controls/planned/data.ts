import type { ControlMeta } from '../../model/control.ts';

export const dataControls: readonly ControlMeta[] = [
  {
    id: 'restore',
    title: 'Restore',
    statement:
      'Every store has been restored from its backup into a separate place, whole and usable, within its RTO and RPO.',
    area: 'data',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'OT3', 'PF', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'markdown'],
    severity: 'critical',
    about: 'platform',
    waivable: false,
    version: 1,
  },
  {
    id: 'point-in-time-recovery',
    title: 'Point-in-time recovery',
    statement: 'Every store that archives continuously can be brought back to the moment before a mistake.',
    area: 'data',
    stage: 'months-1-2',
    launch: false,
    sources: ['LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'postgres-conf'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  },
];
