import { z } from 'zod';
import { environment } from './spec/environments.ts';
import { flow, channel, edge, subnet, external, certificate, credential } from './spec/flows.ts';
import { milestone, track, customControl, notApplicable, deferred } from './spec/launch.ts';
import { slo, scheduledDrill, budget, flag, audit } from './spec/objectives.ts';
import { person, rotation, severityLevel, runbook, breakGlass } from './spec/people.ts';
import { service } from './spec/services.ts';
import { store } from './spec/stores.ts';
import { name, text } from './spec/words.ts';

/** The user's description of the platform, `launchgate.yaml`. Unknown keys are refused, so that a typo is never silence. */
export const specSchema = z.strictObject({
  apiVersion: z.literal('launchgate/v1'),
  kind: z.literal('Platform'),
  name,
  description: text.optional(),
  environments: z.array(environment).min(1),
  edge: edge.optional(),
  services: z.array(service).default([]),
  stores: z.array(store).default([]),
  flows: z.array(flow).optional(),
  externals: z.array(external).default([]),
  subnets: z.array(subnet).default([]),
  credentials: z.array(credential).default([]),
  channels: z.array(channel).default([]),
  certificates: z.array(certificate).default([]),
  slos: z.array(slo).default([]),
  people: z.array(person).default([]),
  onCall: z
    .strictObject({ rotations: z.array(rotation).min(1), ownership: z.record(z.string(), name).default({}) })
    .optional(),
  severities: z.array(severityLevel).default([]),
  runbooks: z.array(runbook).default([]),
  drills: z.array(scheduledDrill).default([]),
  breakGlass: breakGlass.optional(),
  audit: audit.optional(),
  budget: budget.optional(),
  flags: z.array(flag).default([]),
  milestones: z.array(milestone).default([]),
  tracks: z.array(track).default([]),
  controls: z.array(customControl).default([]),
  deferred: z.array(deferred).default([]),
  notApplicable: z.array(notApplicable).default([]),
  /** Params of controls, by control id; an environment may set its own. */
  params: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  /** Paths that discovery leaves out (fixtures, vendored copies), as prefixes. Listed in every report. */
  exclude: z.array(text).default([]),
});

export type Spec = z.infer<typeof specSchema>;

export type ServiceSpec = Spec['services'][number];

export type StoreSpec = Spec['stores'][number];

export type EnvironmentSpec = Spec['environments'][number];

export type TrackSpec = Spec['tracks'][number];

export type CustomControlSpec = Spec['controls'][number];

export type WorkloadRef = NonNullable<ServiceSpec['workloads']>[number];
