import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, credentials, delivery } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'runtime-secrets',
    title: 'Credentials come from the chosen mechanism',
    statement:
      'Every credential that a workload takes in is made by the chosen secret mechanism, and only declared services take it in.',
    area: 'secrets',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'PB3', 'OT4', 'LR', 'IR5'],
    halves: ['check'],
    reads: ['spec', 'kubernetes'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  params: z.object({
    mechanisms: z
      .array(z.string())
      .default([])
      .describe('Mechanisms allowed anywhere: external-secrets, sops, vault, csi, sealed-secrets. Empty: any.'),
    external: z
      .array(z.string())
      .default([])
      .describe('Secrets that another repository delivers; they stay inconclusive here.'),
  }),
  subjects: credentials,
  inputs: delivery,
  check,
});
