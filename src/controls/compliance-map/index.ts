import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { thePlatform } from '../../model/subjects.ts';
import { check, scope, synth } from './check.ts';
import { FRAMEWORKS } from './mapping.ts';

const criteria = z.array(z.string()).default([]);

export const control = defineControl({
  meta: {
    id: 'compliance-map',
    title: 'Compliance map',
    statement: 'Every control that SOC 2 and ISO 27001 ask for is mapped, and the map can be exported.',
    area: 'operations',
    stage: 'months-1-2',
    launch: false,
    sources: ['IR8'],
    halves: ['check'],
    reads: ['spec', 'markdown'],
    severity: 'low',
    about: 'people',
    waivable: true,
    version: 1,
  },
  params: z.object({
    frameworks: z
      .array(z.enum(FRAMEWORKS))
      .min(1)
      .default([...FRAMEWORKS])
      .describe('Frameworks to map to.'),
    mapping: z
      .record(z.string(), z.strictObject({ soc2: criteria, iso27001: criteria }))
      .default({})
      .describe("Criteria of the platform's own controls, and instead of the built-in ones."),
    uncovered: z.array(z.string()).default([]).describe('Criteria that nothing here has to give evidence for.'),
    path: z.string().default('docs/compliance-map.md').describe('File that the map is exported to.'),
    exported: z
      .boolean()
      .default(false)
      .describe('Whether that file must be in the repository; where it is, it must be up to date.'),
  }),
  subjects: thePlatform,
  inputs: scope,
  check,
  synth,
});
