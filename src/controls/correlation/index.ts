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
    version: 1,
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
  }),
  subjects: correlated,
  inputs: facts,
  check,
});
