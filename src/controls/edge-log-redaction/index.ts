import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { check } from './check.ts';
import { edgeLogs } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'edge-log-redaction',
    title: 'Redaction of edge logs',
    statement: 'No log of the edge holds auth headers, cookies or tokens from queries.',
    area: 'edge',
    stage: 'day-0',
    launch: true,
    sources: ['PB3'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'terraform', 'nginx-conf'],
    severity: 'critical',
    about: 'platform',
    waivable: true,
    version: 2,
  },
  params: z.object({
    headers: z
      .array(z.string())
      .default(['authorization', 'cookie', 'set-cookie', 'proxy-authorization', 'x-api-key', 'sec-websocket-protocol'])
      .describe('Headers that carry credentials, in lower case'),
    queries: z
      .boolean()
      .default(true)
      .describe('Whether queries may carry credentials (tickets, signed links, reset tokens)'),
  }),
  subjects: theEnvironment,
  inputs: edgeLogs,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
