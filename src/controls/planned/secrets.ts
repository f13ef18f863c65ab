import type { ControlMeta } from '../../model/control.ts';

export const secretsControls: readonly ControlMeta[] = [
  {
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
    version: 1,
  },
];
