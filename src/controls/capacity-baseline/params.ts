import { z } from 'zod';

const row = z.strictObject({
  layer: z.string(),
  kinds: z.array(z.string()).min(1),
  replicas: z.int().min(1),
  perZone: z.boolean().default(false),
  grows: z.boolean().default(false),
});

/** The sizing table of a platform for about a thousand requests a second. */
const TABLE: z.input<typeof row>[] = [
  { layer: 'Gateway', kinds: ['gateway'], replicas: 2, perZone: true, grows: true },
  { layer: 'Control', kinds: ['api'], replicas: 3, grows: true },
  { layer: 'Workers', kinds: ['worker'], replicas: 2, grows: true },
  { layer: 'Postgres', kinds: ['postgres'], replicas: 2 },
  { layer: 'Redis', kinds: ['redis'], replicas: 3 },
  { layer: 'Qdrant', kinds: ['qdrant'], replicas: 3 },
  { layer: 'Object storage', kinds: ['bucket'], replicas: 4 },
  { layer: 'Kafka', kinds: ['kafka'], replicas: 3 },
];

export const params = z.object({
  headroom: z.number().min(0).default(20).describe('Percent that every part must carry above its declared peak.'),
  zones: z.int().min(1).default(2).describe('Zones, for the rows of the sizing table that count by zone.'),
  step: z.number().positive().default(1000).describe('Requests a second that the sizing table is for.'),
  growth: z
    .enum(['doubling', 'linear'])
    .default('doubling')
    .describe(
      'What each further step of load does to the rows that grow: double them once more, or add them once more.',
    ),
  sizing: z
    .array(row)
    .default(TABLE.map((entry) => row.parse(entry)))
    .describe('Fewest replicas of each layer at the step, by kind of service or of store that runs here.'),
  declare: z
    .array(z.string())
    .default([
      'api',
      'gateway',
      'worker',
      'postgres',
      'mysql',
      'mariadb',
      'redis',
      'nats',
      'kafka',
      'qdrant',
      'elasticsearch',
    ])
    .describe('Kinds of services and stores that must declare their capacity. A store declared ephemeral need not.'),
  asks: z
    .array(z.strictObject({ service: z.string(), path: z.string().startsWith('/') }))
    .default([])
    .describe('Public paths that the drill reads as a customer beside the samples of the routes.'),
  deeds: z
    .number()
    .positive()
    .optional()
    .describe('Writes a second that the platform has to carry to their end at peak, of the kind that the drill makes.'),
  externals: z
    .record(z.string(), z.string().regex(/^\d+\/(?:s|m|h)$/))
    .default({ 'api.stripe.com': '100/s' })
    .describe('Calls that services of others let an account make, by host, where the spec does not say.'),
});

export type Params = z.output<typeof params>;
