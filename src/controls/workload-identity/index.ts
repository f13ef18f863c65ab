import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { isDuration } from '../../model/duration.ts';
import { check } from './check.ts';
import { bearers, identities } from './input.ts';

const duration = z.string().refine(isDuration, 'expected a duration such as 24h');

export const control = defineControl({
  meta: {
    id: 'workload-identity',
    title: 'Workload identity',
    statement:
      'Every workload has an identity of its own with short-lived certificates, and none runs as the default service account.',
    area: 'east-west',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3'],
    halves: ['check'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    maxCertificateTtl: duration.default('30d').describe('Longest life of a certificate that a workload presents.'),
    maxTokenTtl: duration.default('24h').describe('Longest life of a service account token in a projected volume.'),
    sharedAccounts: z
      .array(z.string())
      .default([])
      .describe('Service accounts, as NAMESPACE/NAME, that several services may run as.'),
    trustedTokens: z
      .array(z.string())
      .default([])
      .describe('Service accounts, as NAMESPACE/NAME, whose pods keep a token although no role is bound to them here.'),
  }),
  subjects: bearers,
  inputs: identities,
  check,
});
