import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { access, check } from './check.ts';

export const control = defineControl({
  meta: {
    id: 'rbac-least-privilege',
    title: 'Nobody holds a wildcard',
    statement:
      'No workload or group holds a wildcard grant, cluster-admin, leave to read every secret, or a right that leads to others.',
    area: 'east-west',
    stage: 'day-0',
    launch: false,
    sources: ['IR2', 'PF'],
    halves: ['check'],
    reads: ['kubernetes', 'terraform'],
    severity: 'high',
    about: 'platform',
    waivable: true,
    version: 8,
  },
  params: z.object({
    trusted: z
      .array(z.string())
      .default([])
      .describe(
        'Holders that may have more, such as "ServiceAccount flux-system/kustomize-controller"; shown as what they are in every report.',
      ),
  }),
  subjects: theEnvironment,
  inputs: access,
  check,
});
