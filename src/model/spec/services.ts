/** What runs and is written by the user. */
import { z } from 'zod';
import { name, duration, port, text, reference, rate } from './words.ts';

/** What something carries within its objectives, in a unit of its own, and what it has to carry. */
export const capacity = z
  .strictObject({
    unit: text.default('requests/s'),
    /** What one replica carries. */
    perReplica: z.number().positive().optional(),
    /** What the whole carries, however many replicas it has. */
    total: z.number().positive().optional(),
    current: z.number().nonnegative().optional(),
    peak: z.number().positive(),
    /** Where it was measured: a report, a link, a date. */
    measured: text.optional(),
  })
  .refine((given) => (given.perReplica === undefined) !== (given.total === undefined), {
    message: 'expected either perReplica or total',
  });

/** The most connections that one process opens, where no manifest says so. */
const connection = z.strictObject({
  to: reference,
  pool: z.int().positive(),
  processes: z.int().positive().default(1),
  user: text.optional(),
  database: text.optional(),
});

export const workloadRef = z.strictObject({
  kind: z
    .enum(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout', 'Job', 'CronJob', 'Prometheus', 'Alertmanager'])
    .default('Deployment'),
  namespace: name.optional(),
  name,
});

/** Names, `prefix_*`, or the path of a captured `/metrics` page. */
export const metrics = z.array(text).min(1);

/** How a webhook route takes events in, as far as no manifest shows it. */
const webhook = z.strictObject({
  /** Who sends: what the reconciliation has to reach. */
  sender: reference.optional(),
  /** Variable that holds the secret which signatures are verified with. */
  secret: text.optional(),
  /** The store in which the ids of applied events lie, in one transaction with their effect, and what tells one event from another. */
  idempotency: z.strictObject({ store: reference, key: text }).optional(),
  /** The service that compares with the sender's listing, and the variable that says how often; a CronJob's schedule says it itself. */
  reconciliation: z.strictObject({ by: reference, interval: text.optional() }).optional(),
});

const route = z.strictObject({
  /** Path as the edge matches it; `*` at the end means a prefix. */
  path: z.string().startsWith('/'),
  /** Where a drill asks it, below a prefix: a path that exists, and that a GET of an ordinary user reads. */
  sample: z.string().startsWith('/').optional(),
  host: text.optional(),
  protocol: z.enum(['http', 'websocket', 'sse', 'webhook', 'grpc']).default('http'),
  public: z.boolean().default(true),
  /** How callers are authenticated; `none` must be said and is reported. */
  auth: z.enum(['jwt', 'oidc', 'session', 'mtls', 'signature', 'ticket', 'none']).optional(),
  rateLimit: rate.optional(),
  port: port.optional(),
  /** Longest idle time the client or server allows, and how often either pings; for websocket and sse. */
  idleTimeout: duration.optional(),
  pingInterval: duration.optional(),
  /** How a stateful stream finds its pod: `affinity` at the edge, or a `dedicated` gateway of its own; `none` where any pod takes it up. */
  affinity: z.enum(['affinity', 'dedicated', 'none']).optional(),
  /** For protocol webhook. */
  webhook: webhook.optional(),
});

export const service = z.strictObject({
  name,
  description: text.optional(),
  owner: text.optional(),
  workloads: z.array(workloadRef).optional(),
  /** Fewest ready instances with which the service still does its work. Default: 1. */
  quorum: z.int().min(1).optional(),
  kind: z.enum(['api', 'worker', 'relay', 'gateway', 'frontend', 'job', 'system']).optional(),
  routes: z.array(route).default([]),
  /** Names of credentials it uses. */
  credentials: z.array(name).default([]),
  limits: z
    .strictObject({
      bodyBytes: z.int().positive().optional(),
      headerBytes: z.int().positive().optional(),
      uriBytes: z.int().positive().optional(),
      requestTimeout: duration.optional(),
    })
    .optional(),
  /** Outbound requests to addresses that users or records supply (node probes, webhooks out). */
  probes: z
    .strictObject({ variable: text.default('NODE_PROBE_ALLOWED_CIDRS'), subnets: z.array(name).min(1) })
    .optional(),
  criticalDependencies: z.array(reference).optional(),
  drainWindow: duration.optional(),
  capacity: capacity.optional(),
  connections: z.array(connection).optional(),
  /** Calls to others at their most: of all replicas together, or of each. */
  calls: z
    .array(z.strictObject({ to: reference, rate, per: z.enum(['service', 'replica']).default('service') }))
    .optional(),
  /** Every metric that it exposes itself; what a sidecar exports for it need not be listed. */
  metrics: metrics.optional(),
});
