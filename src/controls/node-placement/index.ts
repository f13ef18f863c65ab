import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check } from './check.ts';
import { placedSubjects, placement } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'node-placement',
    title: 'Node placement',
    statement: 'GPU, data and control workloads run in namespaces and node pools of their own, held apart by taints.',
    area: 'workloads',
    stage: 'week-1',
    launch: false,
    sources: ['IR3'],
    halves: ['check'],
    reads: ['spec', 'kubernetes'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  params: z.object({
    gpuTaints: z
      .array(z.string())
      .default(['nvidia.com/gpu', 'amd.com/gpu', 'intel.com/gpu', 'habana.ai/gaudi', 'sku=gpu'])
      .describe('Taints of GPU nodes, as key or key=value.'),
    tolerationsAdded: z
      .enum(['yes', 'no', 'unknown'])
      .default('unknown')
      .describe('Whether the cluster adds tolerations to pods that ask for a GPU (ExtendedResourceToleration, GKE).'),
    dataPools: z.boolean().default(true).describe('Whether stores in the cluster need nodes of their own.'),
    exempt: z
      .array(z.string())
      .default([])
      .describe('Workloads that may run on any node, such as "Deployment gpu-operator/gpu-operator".'),
  }),
  subjects: placedSubjects,
  inputs: placement,
  check,
});
