import type { ControlMeta } from '../../model/control.ts';

export const serviceBehaviourControls: readonly ControlMeta[] = [
  {
    id: 'stale-cache',
    title: 'Stale cache on outage',
    statement:
      'The cache lives outside the pods, has TTL and staleness limits and an exported hit rate, and serves stale answers only within those limits.',
    area: 'service-behaviour',
    stage: 'months-1-2',
    launch: false,
    sources: ['LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'redis-conf', 'prometheus-rules'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  {
    id: 'admin-token-revocation',
    title: 'Emergency revocation of admin tokens',
    statement:
      'Every admin route refuses a revoked token within the declared staleness, and refuses all when the deny-list cannot be read.',
    area: 'service-behaviour',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'markdown'],
    severity: 'critical',
    about: 'platform',
    waivable: true,
    version: 1,
  },
];
