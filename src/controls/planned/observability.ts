import type { ControlMeta } from '../../model/control.ts';

export const observabilityControls: readonly ControlMeta[] = [
  {
    id: 'alert-delivery',
    title: 'Alert delivery',
    statement: 'A fault pages a person, and its end resolves the page, within the predicted time.',
    area: 'observability',
    stage: 'day-0',
    launch: true,
    sources: ['PF', 'OT1'],
    halves: ['drill'],
    reads: ['spec', 'prometheus-config', 'prometheus-rules', 'alertmanager-config'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  },
];
