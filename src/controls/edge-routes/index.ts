import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { edgeRoutes, subjects } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'edge-routes',
    title: 'Public routes',
    statement:
      'Every public route is declared, reaches a live port and carries an auth and a rate-limit policy, and nothing undeclared is public.',
    area: 'edge',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3', 'IR6'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'nginx-conf'],
    severity: 'critical',
    about: 'platform',
    waivable: true,
    version: 10,
  },
  params: z.object({
    ignoredPaths: z
      .array(z.string())
      .default(['/.well-known/acme-challenge'])
      .describe('Paths that may be public without a declaration, as prefixes'),
    storePorts: z
      .array(z.number().int())
      .default([1433, 3306, 5432, 6379, 9042, 9092, 9200, 11211, 27017])
      .describe('Ports on which a public load balancer opens a data store'),
    subprotocols: z
      .record(z.string().startsWith('/'), z.string().includes('{token}'))
      .default({})
      .describe(
        'Subprotocols that the drill offers to a WebSocket which takes its token in them, by its path; {token} stands for the token',
      ),
  }),
  subjects,
  inputs: edgeRoutes,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
