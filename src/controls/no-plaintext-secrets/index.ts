import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { theRepository } from '../../model/subjects.ts';
import { check } from './check.ts';
import { scan } from './leaks.ts';

export const control = defineControl({
  meta: {
    id: 'no-plaintext-secrets',
    title: 'No credential in clear',
    statement:
      'No credential stands in clear in manifests, images, compose files, workflows, Terraform, or files of settings and logins.',
    area: 'secrets',
    stage: 'day-0',
    launch: true,
    sources: ['PB1', 'LR'],
    halves: ['check'],
    reads: [
      'spec',
      'kubernetes',
      'terraform',
      'dockerfile',
      'compose',
      'env-file',
      'github-workflow',
      'github-action',
      'ci-pipeline',
      'login-file',
      'registry-logins',
      'kubeconfig',
      'chart-values',
      'unrendered',
      'alertmanager-config',
      'prometheus-config',
      'otel-collector',
      'redis-conf',
      'redis-acl',
      'postgres-conf',
      'nginx-conf',
      'files',
    ],
    severity: 'critical',
    about: 'platform',
    waivable: false,
    version: 7,
  },
  params: z.object({
    allowed: z
      .array(z.string())
      .default([])
      .describe('Names that look like credentials and are none, such as a public key id.'),
  }),
  subjects: theRepository,
  inputs: () => scan,
  check,
});
