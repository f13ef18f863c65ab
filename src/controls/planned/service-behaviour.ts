import type { ControlMeta } from '../../model/control.ts';

export const serviceBehaviourControls: readonly ControlMeta[] = [
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
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  {
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
];
