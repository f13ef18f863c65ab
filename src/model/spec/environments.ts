/** Where it runs. */
import { z } from 'zod';
import { name, text, quantity } from './words.ts';

const difference = z.strictObject({ what: text, reason: text, owner: text.optional() });

/** Nodes of one kind, `min` to `max` of them, as the workloads see them; `cpu` and `memory` are what a node has for pods. */
const nodePool = z.strictObject({
  name: text,
  labels: z.record(z.string(), z.string()).default({}),
  /** `key` or `key=value`, each with the effect NoSchedule. */
  taints: z.array(text).default([]),
  zones: z.array(text).min(1).optional(),
  min: z.int().min(0).optional(),
  max: z.int().positive().optional(),
  instanceType: text.optional(),
  cpu: z.number().positive().optional(),
  memory: quantity.optional(),
  gpus: z.int().nonnegative().optional(),
  pods: z.int().positive().optional(),
});

export const environment = z.strictObject({
  name,
  kind: z.enum(['lab', 'development', 'ci', 'staging', 'production']),
  /** Paths of the deployables that make it; by default what discovery recognises by name. */
  deployables: z.array(text).optional(),
  /** Environments whose evidence may serve here as well. */
  evidenceFrom: z.array(name).optional(),
  promotesTo: name.optional(),
  allowedDifferences: z.array(difference).default([]),
  /** Origin of the data: production data outside production must be anonymized. */
  data: z.enum(['production', 'anonymized', 'synthetic', 'none']).optional(),
  hosts: z.array(text).optional(),
  /** APIs that its cluster serves beyond those of Kubernetes, as `group/version` or `group/version/Kind`: all of them. */
  apiVersions: z.array(text).optional(),
  /** Zones in which there are always nodes. */
  zones: z.array(text).min(1).optional(),
  /** Node pools that no Terraform here describes. */
  nodePools: z.array(nodePool).optional(),
  /** Share of the declared loads that this environment has to carry; 1 where nothing is said. */
  load: z.number().positive().optional(),
  params: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});
