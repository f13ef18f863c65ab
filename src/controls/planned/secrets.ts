import type { ControlMeta } from '../../model/control.ts';

export const secretsControls: readonly ControlMeta[] = [
  {
    id: 'break-glass',
    title: 'Break-glass access',
    statement: 'Emergency access is granted just in time by a quorum, expires by itself and leaves an audit trail.',
    area: 'secrets',
    stage: 'day-0',
    launch: true,
    sources: ['PB3', 'OT4', 'IR6'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'markdown'],
    severity: 'high',
    about: 'people',
    waivable: true,
    version: 1,
  },
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
