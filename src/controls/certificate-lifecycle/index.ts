import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { isDuration } from '../../model/duration.ts';
import { check } from './check.ts';
import { certificates, lifecycle } from './input.ts';

const duration = z.string().refine(isDuration, 'expected a duration such as 24h or 90d');

export const control = defineControl({
  meta: {
    id: 'certificate-lifecycle',
    title: 'Certificate lifecycle',
    statement:
      'Every internal certificate has an issuer, TTL, renewal, revocation path, SOP and expiry alert, and a periodic job fails on one that is near expiry.',
    area: 'east-west',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3', 'OT5'],
    halves: ['check', 'drill'],
    reads: [
      'spec',
      'kubernetes',
      'terraform',
      'prometheus-rules',
      'grafana-alerting',
      'grafana-dashboard',
      'markdown',
      'files',
    ],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 4,
  },
  params: z.object({
    shortLived: duration
      .default('7d')
      .describe('A life that is short enough to need no way to withdraw a certificate.'),
    minWords: z.int().min(0).default(60).describe('An SOP of fewer words is a stub.'),
    trustedHosts: z
      .array(z.string())
      .default([])
      .describe('Hosts of SOPs outside of the repository that are taken as written, such as a wiki.'),
    checkedElsewhere: z
      .boolean()
      .default(false)
      .describe('What is really served is asked by something that is not in the repository, an external monitor, say.'),
    shownElsewhere: z.boolean().default(false).describe('Dashboards are kept outside of the repository.'),
    servedWithin: duration
      .default('2m')
      .describe(
        'Longest time from a new certificate in the mount until the server shows it: a kubelet takes up to a minute and a half.',
      ),
    refusedWithin: duration
      .default('30s')
      .describe('Longest time from the end of a certificate, or its withdrawal, until it is refused everywhere.'),
    inARow: z
      .int()
      .min(1)
      .max(1000)
      .default(5)
      .describe('Answers in a row before a change counts as complete: servers flap.'),
    listAhead: duration
      .default('1h')
      .describe(
        'For how long a list of revoked certificates must hold: a server that reads an older one refuses everybody.',
      ),
    loadPath: z
      .string()
      .default('')
      .describe(
        'What is asked for while certificates change; by default the public routes for users, each at its sample.',
      ),
  }),
  subjects: certificates,
  inputs: lifecycle,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
