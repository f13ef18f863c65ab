import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { servers, traffic } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'internal-tls',
    title: 'TLS on internal traffic',
    statement:
      'Every internal flow to a store, a broker or another service requires verified TLS, and plaintext is refused.',
    area: 'east-west',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'OT5', 'LR', 'IR1', 'IR6'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'postgres-conf', 'pg-hba', 'redis-conf', 'nginx-conf'],
    severity: 'critical',
    about: 'platform',
    waivable: true,
    version: 4,
  },
  params: z.object({
    plaintextFrom: z
      .array(z.string())
      .default([])
      .describe(
        'Workloads, as "Deployment NAMESPACE/NAME", whose connections may be without TLS: probes of a lab, say.',
      ),
    requireNames: z
      .boolean()
      .default(true)
      .describe(
        'Ask that clients verify the name of the server and not its issuer alone (verify-full rather than verify-ca).',
      ),
  }),
  subjects: servers,
  inputs: traffic,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
