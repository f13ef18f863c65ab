import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { thePlatform } from '../../model/subjects.ts';
import { check } from './check.ts';
import { progress } from './input.ts';

export const control = defineControl({
  meta: {
    id: 'progress-log',
    title: 'Progress log',
    statement: 'A dated log says what was configured and measured, and has an entry for every drill that was held.',
    area: 'operations',
    stage: 'day-0',
    launch: false,
    sources: ['PF', 'OT'],
    halves: ['check'],
    reads: ['spec', 'markdown'],
    severity: 'low',
    about: 'people',
    waivable: true,
    version: 1,
  },
  params: z.object({
    paths: z
      .array(z.string())
      .min(1)
      .default(['docs/progress-log.md', 'docs/progress_logs/', 'docs/progress-logs/'])
      .describe('Markdown files of the log; one that ends in / is a folder.'),
    topics: z
      .record(z.string(), z.array(z.array(z.string().min(1)).min(1)).min(1))
      .default({
        infrastructure: [['infrastructure', 'IaC', 'Terraform']],
        delivery: [['CI/CD', 'pipeline', 'deployment']],
        monitoring: [['monitoring', 'alerting']],
        backup: [['backup']],
        'alert test': [['alert test', 'alert delivery', 'test alert']],
        'recovery drill': [['RTO'], ['RPO']],
      })
      .describe('What must be logged: for each topic groups of words, of each of which one entry holds a word.'),
  }),
  subjects: thePlatform,
  inputs: progress,
  check,
});
