import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, pulledImages, pulling } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'immutable-images',
    title: 'Images are pinned to what was tested',
    statement:
      'Every container runs a digest or an immutable version from an allowed registry, never a tag that moves.',
    area: 'workloads',
    stage: 'day-0',
    launch: false,
    sources: ['LR', 'IR4'],
    halves: ['check'],
    reads: ['kubernetes'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 4,
  },
  params: z.object({
    registries: z
      .array(z.string())
      .default([])
      .describe('Registries images may come from, with an optional path prefix. Empty: any.'),
    requireDigest: z.boolean().default(false).describe('Accept digests only, not version tags.'),
  }),
  subjects: pulling,
  inputs: pulledImages,
  check,
});
