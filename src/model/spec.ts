import { z } from 'zod';
import { isDuration } from './duration.ts';

/** Identifiers of the spec: lower case, digits, `-` and `.`, as Kubernetes names are. */
const name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'expected a name of lower-case letters, digits, "-" and "."')
  .max(253);
const duration = z.string().refine(isDuration, 'expected a duration such as 90s, 15m, 2h or 90d');
const port = z.int().min(1).max(65_535);
const cidr = z.union([z.cidrv4(), z.cidrv6()]);
const text = z.string().min(1);
const date = z.iso.date();

/** What something in the spec refers to: `service/api`, `store/orders`, `external/stripe`, `internet`. */
const reference = z
  .string()
  .regex(
    /^(?:internet|(?:service|store|external|subnet)\/[a-z0-9][a-z0-9.-]*)$/,
    'expected internet, service/NAME, store/NAME, external/NAME or subnet/NAME',
  );

const quantity = z
  .string()
  .regex(/^\d+(?:\.\d+)?(?:Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/, 'expected an amount of bytes such as 500Gi or 1.4G');
const rate = z.string().regex(/^\d+\/(?:s|m|h)$/, 'expected a rate such as 100/s');

/** What something carries within its objectives, in a unit of its own, and what it has to carry. */
const capacity = z
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

const workloadRef = z.strictObject({
  kind: z
    .enum(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout', 'Job', 'CronJob', 'Prometheus', 'Alertmanager'])
    .default('Deployment'),
  namespace: name.optional(),
  name,
});

/** Names, `prefix_*`, or the path of a captured `/metrics` page. */
const metrics = z.array(text).min(1);

const route = z.strictObject({
  /** Path as the edge matches it; `*` at the end means a prefix. */
  path: z.string().startsWith('/'),
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
  /** How a stateful stream finds its pod: `affinity` at the edge, or a `dedicated` gateway of its own. */
  affinity: z.enum(['affinity', 'dedicated', 'none']).optional(),
});

const service = z.strictObject({
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

const backup = z.strictObject({
  /** Cron expression or `continuous`. */
  schedule: text,
  retention: duration,
  encrypted: z.boolean(),
  /** Where copies lie that survive the loss of the site. */
  offsite: text.optional(),
  /** Who may read and delete backups. */
  access: z.array(text).optional(),
  /** What performs it: a CronJob, a CRD object, a managed service. */
  by: text.optional(),
});

const store = z.strictObject({
  name,
  kind: z.enum([
    'postgres',
    'mysql',
    'mariadb',
    'redis',
    'nats',
    'kafka',
    'qdrant',
    'elasticsearch',
    'bucket',
    'volume',
    'temporal',
    'config',
    'other',
  ]),
  owner: text.optional(),
  workloads: z.array(workloadRef).optional(),
  managed: text.optional(),
  quorum: z.int().min(1).optional(),
  port: port.optional(),
  /** Largest loss of data that is accepted, and longest time to be back. */
  rpo: duration.optional(),
  rto: duration.optional(),
  backup: backup.optional(),
  /** Set when the store holds nothing that must survive; the reason is shown. */
  ephemeral: text.optional(),
  /** An accepted gap in restorability, in words. */
  riskNote: text.optional(),
  /** Names that clients reach it by, where it is no Service of this cluster. */
  hosts: z.array(text).optional(),
  /** Connections it takes at most, where no source says so, and those that no workload opens: people, monitoring, backups. */
  connections: z
    .strictObject({
      max: z.int().positive().optional(),
      others: z.record(z.string(), z.int().nonnegative()).default({}),
    })
    .optional(),
  capacity: capacity.optional(),
  growth: z
    .strictObject({
      size: quantity,
      perDay: quantity,
      /** Room it has, where no claim or resource says so. */
      volume: quantity.optional(),
      /** Size that retention keeps it below. */
      bound: quantity.optional(),
      /** What deletes or moves what is old: a CronJob, a setting. */
      retention: text.optional(),
    })
    .optional(),
  metrics: metrics.optional(),
});

const flow = z.strictObject({
  from: reference,
  to: reference,
  port: port.optional(),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP'),
  encryption: z.enum(['mtls', 'tls', 'none']).optional(),
});

const credential = z.strictObject({
  name,
  kind: z
    .enum(['database', 'redis', 'nats', 'stripe', 'keycloak', 'jwks', 'terminal-token', 'webhook', 'registry', 'other'])
    .default('other'),
  mechanism: z.enum(['external-secrets', 'sops', 'vault', 'csi', 'sealed-secrets', 'cloud']).optional(),
  /** The Kubernetes Secret it arrives in, by default one of the credential's name. */
  secret: text.optional(),
  rotation: z.strictObject({ every: duration, overlap: duration.optional(), ttl: duration.optional() }).optional(),
  sop: text.optional(),
  owner: text.optional(),
});

const channel = z.strictObject({
  /** A Redis store of this spec. */
  store: name,
  pattern: text,
  publishers: z.array(name).min(1),
  subscribers: z.array(name).min(1),
});

const person = z.strictObject({ id: name, name: text, email: z.email().optional(), roles: z.array(name).default([]) });

const rotation = z.strictObject({
  name,
  severities: z.array(text).min(1),
  /** Alertmanager receiver that pages this rotation. */
  receiver: text.optional(),
  members: z.array(name),
  /** Hours that the shifts cover: `24x7`, or gaps are reported. */
  coverage: z.enum(['24x7', 'business-hours']).default('24x7'),
  shifts: z
    .array(
      z.strictObject({ person: name, from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) }),
    )
    .optional(),
  escalation: z.array(z.strictObject({ after: duration, to: z.array(name).min(1) })).default([]),
});

const slo = z.strictObject({
  name,
  service: name,
  kind: z.enum(['availability', 'latency', 'freshness', 'lag', 'other']).default('availability'),
  /** Percent, below 100. */
  objective: z.number().gt(0).lt(100),
  window: duration.default('30d'),
  threshold: duration.optional(),
  good: text.optional(),
  bad: text.optional(),
  total: text.optional(),
  /** Latency: the histogram that it is judged by, instead of good and total. */
  histogram: z
    .strictObject({
      selector: text,
      native: z.boolean().default(false),
      buckets: z.array(z.number().positive()).optional(),
    })
    .optional(),
  /** Freshness and lag: PromQL for seconds that are held against the threshold. */
  measure: text.optional(),
  minBadEvents: z.int().min(1).optional(),
});

const severityLevel = z.strictObject({
  name: text,
  respondWithin: duration,
  page: z.boolean(),
  description: text.optional(),
});

const runbook = z.strictObject({ for: text, path: text });

const scheduledDrill = z.strictObject({
  /** A control's id, or a name of your own such as `tabletop`. */
  drill: text,
  every: duration,
  last: date.optional(),
  owner: text.optional(),
});

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

const environment = z.strictObject({
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
  /** Zones in which there are always nodes. */
  zones: z.array(text).min(1).optional(),
  /** Node pools that no Terraform here describes. */
  nodePools: z.array(nodePool).optional(),
  /** Share of the declared loads that this environment has to carry; 1 where nothing is said. */
  load: z.number().positive().optional(),
  params: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

const milestone = z.strictObject({ name, title: text, date: date.optional() });

const track = z.strictObject({
  id: name,
  title: text,
  owner: text.optional(),
  /** A milestone's name, or a date. */
  target: text.optional(),
  /** What somebody typed; the derived status is shown beside it, and a contradiction is reported. */
  status: z.enum(['open', 'in_progress', 'done']).optional(),
  scope: z.array(text).default([]),
  controls: z.array(text).default([]),
  evidence: z.array(z.strictObject({ title: text, link: text.optional() })).default([]),
  pending: z.array(text).default([]),
});

/** A control of the user's own: proved by evidence of a named predicate, a sign-off or an attachment. */
const customControl = z.strictObject({
  id: name,
  title: text,
  statement: text,
  stage: z.enum(['day-0', 'week-1', 'weeks-2-3', 'months-1-2', 'deferred']).default('day-0'),
  launch: z.boolean().default(false),
  sources: z.array(text).default([]),
  accept: z.strictObject({
    predicate: z.enum(['sign-off', 'attachment', 'test-result', 'scan']),
    maxAge: duration.default('90d'),
  }),
  owner: text.optional(),
});

const notApplicable = z.strictObject({ control: text, subject: text.optional(), reason: text });

const deferred = z.strictObject({
  component: text,
  trigger: text,
  /** Set when the trigger has been met: a dated record of the decision. */
  met: z.strictObject({ on: date, record: text }).optional(),
});

const certificate = z.strictObject({
  name,
  issuer: text.optional(),
  ttl: duration.optional(),
  renewBefore: duration.optional(),
  sop: text.optional(),
});

const edge = z.strictObject({
  /** What terminates public traffic: an ingress class, a Gateway, a load balancer. */
  kind: z.enum(['ingress', 'gateway-api', 'load-balancer', 'nginx', 'managed']).optional(),
  host: text.optional(),
  waf: z
    .strictObject({
      mode: z.enum(['monitor', 'block']).optional(),
      paranoia: z.int().min(1).max(4).optional(),
      ramp: z.array(z.int().min(1).max(100)).optional(),
      falsePositiveThreshold: z.number().optional(),
      runbook: text.optional(),
    })
    .optional(),
});

const subnet = z.strictObject({
  name,
  cidrs: z.array(cidr).min(1),
  tier: z.enum(['public', 'private', 'data', 'gpu', 'management']).optional(),
  /** What of the cluster has its addresses here. */
  holds: z.array(z.enum(['pods', 'nodes'])).default([]),
});

const external = z.strictObject({
  name,
  hosts: z.array(text).default([]),
  cidrs: z.array(cidr).default([]),
  /** What it lets us call at most. */
  rateLimit: rate.optional(),
  metrics: metrics.optional(),
});

const budget = z.strictObject({
  monthly: z.number().positive(),
  currency: z.string().length(3).default('USD'),
  owner: text.optional(),
  thresholds: z.array(z.number().positive()).default([]),
  escalation: text.optional(),
  dashboard: text.optional(),
  /** A table of prices in FOCUS columns, and from when it is. */
  prices: z.strictObject({ path: text, asOf: date }).optional(),
  /** What is paid for beside nodes and volumes: egress, managed services. `max`: at most, where it varies. */
  usage: z
    .array(
      z.strictObject({
        what: text,
        sku: text,
        quantity: z.number().nonnegative(),
        max: z.number().optional(),
        covers: text.optional(),
      }),
    )
    .optional(),
});

const flag = z.strictObject({
  name: text,
  owner: text.optional(),
  approval: text.optional(),
  promotion: text.optional(),
  risk: z.enum(['low', 'high']).default('low'),
});

const audit = z.strictObject({
  access: z.array(text).min(1),
  export: text.optional(),
  retention: duration.optional(),
  procedure: text.optional(),
});

const breakGlass = z.strictObject({ access: text, quorum: z.int().min(1), expiresAfter: duration, audit: text });

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
