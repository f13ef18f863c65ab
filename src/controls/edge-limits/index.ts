import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { edgeLimits, subjects } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'edge-limits',
    title: 'Request limits at the edge',
    statement:
      'The edge bounds request, header, URI and body size, time and base rate, and every bound fits the services behind it.',
    area: 'edge',
    stage: 'day-0',
    launch: true,
    sources: ['PB3', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'nginx-conf'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 7,
  },
  params: z.object({
    maxBodyBytes: z
      .number()
      .int()
      .positive()
      .default(104_857_600)
      .describe('Largest body the edge may let through where the service declares no limit of its own'),
    maxHeaderBytes: z.number().int().positive().default(65_536).describe('Largest single header or request line'),
    maxClientSeconds: z
      .number()
      .positive()
      .default(60)
      .describe('Longest pause of a client that is sending its request'),
    maxResponseSeconds: z
      .number()
      .positive()
      .default(300)
      .describe('Longest the edge waits for an answer on routes that are no streams'),
  }),
  subjects,
  inputs: edgeLimits,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
