import type { ControlMeta } from '../../model/control.ts';

export const serviceBehaviourControls: readonly ControlMeta[] = [
  {
<<<<<<< HEAD
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
=======
    id: 'readiness-shedding',
    title: 'Shedding by readiness',
    statement:
      'Readiness differs from liveness and sheds load when a declared critical dependency fails, without taking the whole fleet out.',
    area: 'service-behaviour',
    stage: 'weeks-2-3',
    launch: false,
    sources: ['LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  {
    id: 'structured-logs',
    title: 'Structured logs',
    statement: 'Every service logs JSON lines with request id, trace id, user agent, latency, route and status.',
    area: 'service-behaviour',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'otel-collector'],
>>>>>>> h4-c
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  {
<<<<<<< HEAD
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
=======
    id: 'correlation',
    title: 'Correlation across flows',
    statement:
      'One id follows a request from the edge through API and workers into events, and is made at the edge where it is absent.',
    area: 'service-behaviour',
    stage: 'months-1-2',
    launch: true,
    sources: ['PB1', 'PB3', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'nginx-conf', 'otel-collector'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  {
    id: 'webhook-ingestion',
    title: 'Webhook ingestion',
    statement:
      'Every webhook route verifies signatures, applies an event once, and has a reconciliation job that finds lost ones.',
    area: 'service-behaviour',
    stage: 'day-0',
    launch: true,
    sources: ['PB3', 'OT1'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes'],
    severity: 'high',
>>>>>>> h4-c
    about: 'platform',
    waivable: true,
    version: 1,
  },
];
