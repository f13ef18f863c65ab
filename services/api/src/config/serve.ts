/** Everything that `api` reads from its environment when it serves. What is wrong is said at once, all of it, before anything is opened. */
import { z } from 'zod';
import { databaseVariables } from './database.ts';
import { ConfigInvalid } from './invalid.ts';
import { address, duration, flag, integer, list } from './values.ts';

/** Parts that the lab may switch off, so that a drill can show that it notices. */
export const PARTS = [
  'drain',
  'readiness',
  'shedding',
  'redaction',
  'correlation',
  'telemetry',
  'denylist',
  'egress',
  'cache',
  'rotation',
  'webhooks',
  'audit',
] as const;
export type Part = (typeof PARTS)[number];

const url = (...schemes: string[]) =>
  z
    .url()
    .refine(
      (text) => schemes.includes(new URL(text).protocol),
      `expected ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
    );
const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'expected an origin such as https://console.example',
  );
const file = z.string().min(1);
const optionalSecret = z.string().min(1).optional();

const variables = databaseVariables
  .extend({
    DEPLOYMENT_ENVIRONMENT: z.string().min(1).default('production'),
    PARTS_OFF: list.default([]).pipe(z.array(z.enum(PARTS))),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
    HTTP_ADDR: address.prefault(':8443'),
    HEALTH_ADDR: address.prefault(':8081'),
    METRICS_ADDR: z.string().default(':9090'),
    TLS_CERT_FILE: file,
    TLS_KEY_FILE: file,
    TLS_CA_FILE: file,
    REQUEST_TIMEOUT: duration({ max: 300_000 }).prefault('25s'),
    MAX_BODY_BYTES: integer(1024, 16_777_216).prefault('1048576'),
    MAX_HEADER_BYTES: integer(4096, 65_536).prefault('16384'),
    MAX_URI_BYTES: integer(256, 65_536).prefault('8192'),
    RATE_LIMIT_PER_SECOND: integer(1, 100_000).prefault('50'),
    RATE_LIMIT_BURST: integer(1, 100_000).prefault('100'),
    DATABASE_DIRECT_HOST: z.string().min(1).optional(),
    DATABASE_DIRECT_PORT: integer(1, 65_535).optional(),
    REDIS_ADDR: address.optional(),
    REDIS_SENTINELS: list.optional(),
    REDIS_MASTER: z.string().min(1).optional(),
    REDIS_USER: z.string().min(1).default('api'),
    REDIS_TLS: flag.prefault('true'),
    REDIS_PASSWORD: optionalSecret,
    REDIS_PASSWORD_FILE: file.optional(),
    CACHE_ADDR: address.optional(),
    CACHE_USER: z.string().min(1).default('api'),
    CACHE_TLS: flag.prefault('true'),
    CACHE_PASSWORD: optionalSecret,
    CACHE_PASSWORD_FILE: file.optional(),
    CACHE_TTL: duration().prefault('60s'),
    CACHE_STALE_LIMIT: duration().prefault('15m'),
    NATS_URL: url('tls:', 'nats:'),
    NATS_NKEY_SEED: optionalSecret,
    NATS_NKEY_SEED_FILE: file.optional(),
    OIDC_ISSUER: url('https:'),
    OIDC_AUDIENCE: z.string().min(1),
    ADMIN_DENYLIST_MAX_STALENESS: duration({ max: 600_000 }).prefault('10s'),
    ADMIN_DENYLIST_FAIL_MODE: z
      .literal('closed', 'only `closed` is supported: a list that cannot be read refuses admins')
      .default('closed'),
    DENYLIST_SNAPSHOT_FILE: file.optional(),
    ALLOWED_ORIGINS: list.default([]).pipe(z.array(origin)),
    TERMINAL_URL: url('wss:')
      .transform((text) => text.replace(/\/$/, ''))
      .optional(),
    TERMINAL_TICKET_KEY: optionalSecret,
    TERMINAL_TICKET_KEY_FILE: file.optional(),
    PRICE_MICROS_PER_SECOND: integer(0, 2_147_483_647).prefault('700'),
    STRIPE_API_URL: url('https:', 'http:').default('https://api.stripe.com'),
    STRIPE_API_KEY: optionalSecret,
    STRIPE_API_KEY_FILE: file.optional(),
    STRIPE_WEBHOOK_SECRET: optionalSecret,
    STRIPE_WEBHOOK_SECRET_FILE: file.optional(),
    RECONCILE_INTERVAL: duration().prefault('15m'),
    EDGE_CIDRS: list.default([]),
    EDGE_IDENTITIES: list.default([]),
    HTTPS_PROXY: z.string().optional(),
    NO_PROXY: z.string().optional(),
    // What is built in, for who reads the manifests; anything else is refused rather than ignored.
    LOG_FORMAT: z.literal('json').default('json'),
    OTEL_EXPORTER_OTLP_PROTOCOL: z.literal('http/json').default('http/json'),
    OTEL_PROPAGATORS: z.literal('tracecontext').default('tracecontext'),
    OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
    OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  })
  .superRefine((config, context) => {
    const problem = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });
    if (config.PARTS_OFF.length > 0 && config.DEPLOYMENT_ENVIRONMENT !== 'lab')
      problem('PARTS_OFF', 'is for DEPLOYMENT_ENVIRONMENT=lab only');
    if (config.REDIS_ADDR === undefined && (config.REDIS_SENTINELS === undefined || config.REDIS_MASTER === undefined))
      problem('REDIS_ADDR', 'expected host:port, or REDIS_SENTINELS with REDIS_MASTER');
    if (config.CACHE_STALE_LIMIT <= config.CACHE_TTL) problem('CACHE_STALE_LIMIT', 'expected more than CACHE_TTL');
    for (const name of ['TERMINAL_TICKET_KEY', 'STRIPE_WEBHOOK_SECRET'] as const)
      if (config[name] === undefined && config[`${name}_FILE`] === undefined)
        problem(name, `expected a value, or a path in ${name}_FILE`);
    if (config.STRIPE_API_URL.startsWith('http:') && config.DEPLOYMENT_ENVIRONMENT !== 'lab')
      problem('STRIPE_API_URL', 'expected https://');
  });

export type ServeConfig = z.infer<typeof variables>;

export function serveConfig(env: NodeJS.ProcessEnv): ServeConfig {
  const parsed = variables.safeParse(env);
  if (!parsed.success) throw ConfigInvalid.from(parsed.error);
  return parsed.data;
}
