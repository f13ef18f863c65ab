import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { check } from './check.ts';
import { edgeTls } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'edge-tls',
    title: 'TLS at the edge',
    statement:
      'Every public host serves TLS 1.2 or newer with a machine-renewed certificate, redirects HTTP and sends HSTS and security headers.',
    area: 'edge',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'LR', 'IR6'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'nginx-conf'],
    severity: 'critical',
    about: 'platform',
    waivable: true,
    version: 9,
  },
  params: z.object({
    minHstsSeconds: z
      .number()
      .int()
      .positive()
      .default(15_552_000)
      .describe('Shortest max-age of Strict-Transport-Security, in seconds'),
    headers: z
      .array(z.string())
      .default(['X-Content-Type-Options', 'X-Frame-Options|Content-Security-Policy'])
      .describe('Response headers the edge adds; names joined by "|" stand for each other'),
    minRenewal: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.1)
      .describe("Smallest part of a certificate's life that is left when it is renewed"),
  }),
  subjects: theEnvironment,
  inputs: edgeTls,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
