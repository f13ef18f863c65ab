/** What `launchgate reach -f json` prints, published as schemas/reach-report.schema.json. Members are added to, never renamed or removed. */
import { z } from 'zod';
import { published } from '../schema.ts';

const end = z
  .string()
  .describe(
    'namespace/name[Kind], a range of addresses such as 10.0.0.0-10.0.0.255, node, other-node or {ingress-controller}.',
  );
const conn = z.string().describe('Ports of the receiving pods: "TCP 80,8080-8090,UDP 53", or "All Connections".');
const location = z.object({ path: z.string(), line: z.int().min(1), column: z.int().min(1) });
const verdict = z.enum(['allowed', 'denied', 'unknown']);

const row = z.object({ src: end, dst: end, conn });
const unknownRow = row.extend({ because: z.array(z.string()).describe('What would have to be known.') });

const head = {
  apiVersion: z.literal('launchgate/v1'),
  tool: z.object({ name: z.literal('launchgate'), version: z.string() }),
  platform: z.object({ name: z.string(), environment: z.string(), provisional: z.boolean() }),
  unread: z
    .array(z.object({ path: z.string(), reason: z.string(), fix: z.string(), line: z.int().min(1).optional() }))
    .describe('What could not be read or rendered: the answer is silent about what is in it.'),
  notes: z.array(z.string()).describe('What the answer rests on, and what no policy decides.'),
};

const map = z.object({
  ...head,
  kind: z.literal('ReachReport'),
  counts: z.object({
    workloads: z.int(),
    namespaces: z.int(),
    policies: z.int(),
    isolated: z.object({ ingress: z.int(), egress: z.int() }).describe('Workloads that a NetworkPolicy isolates.'),
  }),
  rows: z.array(row).describe('What surely passes. Pods of one workload among themselves are left out.'),
  unknown: z.array(unknownRow).describe('What may pass or not: the standard or the sources leave it open.'),
});

const rule = z.object({
  policy: z.string(),
  rule: z.string().describe('ingress[0], counted as in the manifest.'),
  action: z.enum(['Accept', 'Deny', 'Pass']),
  sure: z.boolean().describe('Whether the rule is surely about this connection.'),
  location: location.optional(),
});

const side = z.object({
  direction: z.enum(['egress', 'ingress']),
  verdict,
  because: z.string(),
  policies: z.array(z.object({ policy: z.string(), location: location.optional() })),
  rules: z.array(rule),
  reasons: z.array(z.string()),
});

const explanation = z.object({
  ...head,
  kind: z.literal('ReachExplanation'),
  src: end,
  dst: end,
  protocol: z.enum(['TCP', 'UDP', 'SCTP']),
  port: z.int(),
  verdict,
  egress: side,
  ingress: side,
});

const change = z.object({
  src: end,
  dst: end,
  before: conn,
  after: conn,
  change: z.enum(['added', 'removed', 'changed']),
});

const difference = z.object({
  ...head,
  kind: z.literal('ReachDiff'),
  other: z.string().describe('What it is compared with; "before" is its answer.'),
  rows: z.array(change),
});

const flows = z.object({
  ...head,
  kind: z.literal('ReachFlows'),
  under: z
    .array(row.extend({ flow: z.string() }))
    .describe('Declared or implied (DNS, a scrape, a webhook), and denied; "flow" says by what.'),
  over: z.array(row).describe('Passes, and no flow speaks of it.'),
  unknown: z.array(row.extend({ flow: z.string() })).describe('Declared or implied, and nobody can tell.'),
  placeless: z
    .array(z.object({ flow: z.string(), end: z.string() }))
    .describe('Declared between ends of which one has no place.'),
});

export const reachReportSchema = z.discriminatedUnion('kind', [map, explanation, difference, flows]);

export type ReachMap = z.infer<typeof map>;
export type ReachExplanation = z.infer<typeof explanation>;
export type ReachDiff = z.infer<typeof difference>;
export type ReachFlows = z.infer<typeof flows>;
export type ReachHead = Pick<ReachMap, keyof typeof head>;

export function reachReportJsonSchema(): object {
  return published(reachReportSchema, 'reach-report', 'Launchgate reach report');
}
