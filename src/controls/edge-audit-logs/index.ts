import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { isDuration } from '../../model/duration.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { check } from './check.ts';
import { auditLogs } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'edge-audit-logs',
    title: 'Edge audit logs',
    statement:
      'Edge, WAF and flow logs are shipped and kept for their retention, and DDoS protection is on where the provider has it.',
    area: 'edge',
    stage: 'months-1-2',
    launch: true,
    sources: ['PB1', 'IR6'],
    halves: ['check'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  params: z.object({
    minRetention: z
      .string()
      .refine(isDuration)
      .default('90d')
      .describe('Shortest retention of a log group, where the spec declares none under audit.retention'),
    shieldAdvanced: z
      .boolean()
      .default(false)
      .describe('Whether public load balancers need AWS Shield Advanced; Standard is always on'),
  }),
  subjects: theEnvironment,
  inputs: auditLogs,
  check,
});
