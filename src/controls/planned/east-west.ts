import type { ControlMeta } from '../../model/control.ts';

export const eastWestControls: readonly ControlMeta[] = [
  {
    id: 'certificate-lifecycle',
    title: 'Certificate lifecycle',
    statement:
      'Every internal certificate has an issuer, TTL, renewal, revocation path, SOP and expiry alert, and a periodic job fails on one that is near expiry.',
    area: 'east-west',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3', 'OT5'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'prometheus-rules', 'grafana-dashboard', 'markdown'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  },
];
