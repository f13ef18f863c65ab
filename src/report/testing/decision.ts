import { sha256 } from '../../model/digest.ts';
import type { Decision } from '../../model/report.ts';
import type { EvidenceNote } from '../context.ts';
import { sampleRequirements } from './requirements.ts';

export const sampleDecision: Decision = {
  apiVersion: 'launchgate/v1',
  kind: 'Decision',
  gate: 'public-launch',
  environment: 'production',
  verdict: 'NO-GO',
  at: '2026-05-01T09:30:00Z',
  replay: false,
  candidate: {
    environment: 'production',
    pinned: true,
    commits: [
      { repository: 'https://git.example.com/gpu-cloud/platform', commit: '9f2c4be1d03a7c5586e0b7a4f1d2c3b4a5968778' },
    ],
    images: [{ reference: 'registry.internal/api', digest: sha256('api') }],
    platform: sha256('platform'),
    digest: sha256('candidate'),
  },
  policy: { version: 4, digest: sha256('policy'), root: sha256('root') },
  ledger: { size: 1284, root: 'q1YvJ0ZkC6mE0n5v2o3bqf0d2iH0Z7k8b9n1r4x6wQk=' },
  seal: sha256('seal'),
  requirements: sampleRequirements,
  tracks: [
    {
      id: 'ops',
      title: 'Operations',
      owner: 'sre',
      target: 'launch',
      derived: 'in_progress',
      declared: 'done',
      because: '4 of 10 requirements are open.',
    },
    {
      id: 'edge',
      title: 'Public edge',
      owner: 'edge',
      target: '2026-05-15',
      derived: 'in_progress',
      declared: 'in_progress',
      because: '1 of 4 requirements is open.',
    },
    {
      id: 'data',
      title: 'Data safety',
      owner: 'data',
      derived: 'in_progress',
      because: '1 of 3 requirements is open.',
    },
    {
      id: 'supply',
      title: 'Supply chain',
      owner: 'security',
      derived: 'in_progress',
      because: '1 of 4 requirements is open.',
    },
    {
      id: 'launch',
      title: 'Launch review',
      owner: 'product',
      target: 'launch',
      derived: 'open',
      because: 'No requirement is in place.',
    },
  ],
  blocks: [
    {
      code: 'weakened-spec',
      because: 'The RTO of store/orders went from 30m to 1h since the last GO.',
      next: 'Let two policy owners sign the change.',
      owner: 'data',
    },
  ],
  waivers: [
    {
      control: 'edge-waf',
      subject: 'environment/production',
      reason: 'Monitor mode until the ramp to blocking ends.',
      approver: 'dana',
      expires: '2026-05-20T00:00:00Z',
    },
  ],
  notes: ['Track ops says done; 4 of its requirements are open.'],
};

/** The same candidate once everything is in place. */
export const sampleGo: Decision = {
  ...sampleDecision,
  verdict: 'GO',
  blocks: [],
  notes: [],
  requirements: sampleDecision.requirements.filter((row) => ['satisfied', 'waived', 'excluded'].includes(row.state)),
  tracks: sampleDecision.tracks.map((track) => ({
    ...track,
    derived: 'done',
    because: 'Every requirement is in place.',
  })),
};

export const sampleEvidence: readonly EvidenceNote[] = [
  { digest: sha256('drill-acl'), title: 'drill on staging', at: '2026-04-12T14:00:00Z' },
  { digest: sha256('drill-routes'), title: 'drill on production', at: '2026-04-29T06:10:00Z' },
  { digest: sha256('scan-tls'), title: 'scan by testssl', at: '2026-03-21T11:00:00Z' },
  { digest: sha256('signoff-oncall'), title: 'sign-off by dana', at: '2026-04-30T16:45:00Z' },
  { digest: sha256('drill-restore'), title: 'drill on staging', at: '2026-04-18T02:00:00Z' },
  { digest: sha256('scan-trivy'), title: 'scan by trivy', at: '2026-05-01T08:50:00Z' },
];
