import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { TIERS } from '../../proofs/topology/index.ts';
import { check } from './check.ts';
import { networked, tiers } from './query.ts';

export const control = defineControl({
  meta: {
    id: 'network-tiers',
    title: 'Network tiers',
    statement:
      'Each zone has public, private and data subnets, no path leads from the internet to data, and database ports open to the app tier only.',
    area: 'east-west',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'IR1', 'IR6', 'PF'],
    halves: ['check'],
    reads: ['spec', 'terraform', 'kubernetes'],
    severity: 'critical',
    about: 'platform',
    waivable: true,
    version: 3,
  },
  params: z.object({
    tiers: z.array(z.enum(TIERS)).min(1).default(['public', 'private', 'data']).describe('Tiers that every zone has.'),
    minZones: z.int().min(1).default(2).describe('Fewest zones over which the subnets are spread.'),
    clients: z.array(z.enum(TIERS)).min(1).default(['private']).describe('Tiers that may open the ports of stores.'),
    allowedSources: z
      .array(z.string())
      .default([])
      .describe('Further ranges that may open the ports of stores, such as that of a peered network.'),
    adminPorts: z
      .array(z.int())
      .default([22, 3389])
      .describe('Ports of administration, which the internet never reaches.'),
    isolatedData: z.boolean().default(true).describe('Whether data subnets have no way out to the internet either.'),
  }),
  subjects: networked,
  inputs: tiers,
  check,
});
