import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { facts, logging } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'structured-logs',
    title: 'Structured logs',
    statement: 'Every service logs JSON lines with request id, trace id, user agent, latency, route and status.',
    area: 'service-behaviour',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'nginx-conf', 'otel-collector'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    variables: z
      .array(z.string())
      .default([
        'LOG_FORMAT',
        'LOGGING_FORMAT',
        'LOG_FORMATTER',
        'LOG_ENCODING',
        'LOG_OUTPUT_FORMAT',
        'LOGGING_STRUCTURED_FORMAT_CONSOLE',
        'GF_LOG_CONSOLE_FORMAT',
        'LOG_JSON',
        'LOGS_JSON',
        'JSON_LOG',
        'JSON_LOGS',
        'QUARKUS_LOG_CONSOLE_JSON',
        'QUARKUS_LOG_CONSOLE_JSON_ENABLED',
      ])
      .describe('Variables that tell a service in which format to log'),
    inCode: z
      .string()
      .default('')
      .describe(
        'Where the code sets JSON lines, for a service that is told by nothing in its manifests; set for one service by CONTROL@SUBJECT',
      ),
    fields: z
      .array(z.string())
      .default(['time', 'level', 'service', 'msg'])
      .describe('Fields that every line must have.'),
    requestMark: z.string().default('status').describe('A line that has this field is about a request.'),
    requestFields: z
      .array(z.string())
      .default(['request_id', 'trace_id', 'user_agent', 'latency_ms', 'route', 'status'])
      .describe('Fields that a line about a request must have besides.'),
    arrivesWithin: z
      .number()
      .positive()
      .default(30)
      .describe('Seconds within which a line must be found in the sink, so that old lines alone do not pass.'),
  }),
  subjects: logging,
  inputs: facts,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
