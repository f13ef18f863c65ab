import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { correlated, facts } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'correlation',
    title: 'Correlation across flows',
    statement:
      'One id follows a request from the edge through API and workers into events, and is made at the edge where it is absent.',
    area: 'service-behaviour',
    stage: 'months-1-2',
    launch: true,
    sources: ['PB1', 'PB3', 'LR'],
    halves: ['check', 'drill'],
    reads: ['spec', 'kubernetes', 'nginx-conf'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    messages: z
      .string()
      .default('')
      .describe(
        'How ids travel in the messages, events and jobs that a service hands on, such as "NATS headers traceparent and X-Request-Id"; set for one service by CONTROL@SUBJECT',
      ),
    inCode: z
      .string()
      .default('')
      .describe('Where the code propagates W3C trace context, for a service that no variable tells'),
    edge: z.string().default('').describe('Where an edge that is not read here makes the request id'),
    requestHeader: z
      .string()
      .toLowerCase()
      .default('x-request-id')
      .describe('Header of an answer in which the edge tells the id'),
    requestField: z.string().default('request_id').describe('Field of log lines that holds the id'),
    traceField: z.string().default('trace_id').describe('Field of log lines that holds the id of the trace'),
    followedWithin: z
      .number()
      .positive()
      .default(20)
      .describe('Seconds within which the id of a request must be found in the last log and in the event'),
  }),
  subjects: correlated,
  inputs: facts,
  check,
  drill: async () => (await import('./drill.ts')).drill,
});
