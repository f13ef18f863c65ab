import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { streamingServices, streams } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'websocket-affinity',
    title: 'Affinity of terminal sessions',
    statement:
      'Every stateful websocket route keeps a session on its pod or goes to a dedicated gateway, and idle timeouts outlast the ping interval.',
    area: 'edge',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3', 'OT11'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'nginx-conf'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 5,
  },
  params: z.object({}),
  subjects: streamingServices,
  inputs: streams,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
