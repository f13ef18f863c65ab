import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { check, deployingEnvironment, provenance } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'image-provenance',
    title: 'Image provenance',
    statement: 'Every deployed image is signed, carries an SBOM and provenance, and is verified at deploy.',
    area: 'supply-chain',
    stage: 'day-0',
    launch: true,
    sources: ['LR', 'PB3', 'IR4'],
    halves: ['check'],
    reads: ['spec', 'kubernetes', 'github-workflow', 'github-action', 'files'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  params: z.object({
    images: z
      .array(z.string())
      .default([])
      .describe('Images that must be verified, with * for any text. Empty: every image that runs.'),
    platforms: z
      .array(z.string())
      .default(['linux/amd64', 'linux/arm64'])
      .describe('Platforms that every image is built for. Empty: not judged.'),
  }),
  subjects: deployingEnvironment,
  inputs: provenance,
  check,
});
