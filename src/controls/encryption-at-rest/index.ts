import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { dataHolders, encryption } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'encryption-at-rest',
    title: 'Encryption at rest',
    statement:
      'Every store, backup and bucket is encrypted under a managed key, and buckets are versioned, private and TLS only.',
    area: 'secrets',
    stage: 'day-0',
    launch: false,
    sources: ['IR8', 'PF'],
    halves: ['check'],
    reads: ['spec', 'kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    ownKeys: z
      .boolean()
      .default(false)
      .describe("Whether a key of the platform's own is asked for, instead of the provider's."),
    exempt: z
      .record(z.string(), z.array(z.string()))
      .default({})
      .describe(
        'Questions (key, private, versioned, tls-only) that are not asked of a subject, such as a public website.',
      ),
  }),
  subjects: dataHolders,
  inputs: encryption,
  check,
});
