/** Everything that `api` reads from its environment when it serves. What is wrong is said at once, all of it, before anything is opened. */
import { address, duration, flag, integer, list, readConfig, share } from '@launchgate/runtime/config';
import { databaseVariables, natsVariables, redisVariables, serviceVariables } from '@launchgate/service-common/config';
import { z } from 'zod';

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

/** Each in a variable, or, to be rotated, in the file that `NAME_FILE` names. */
export const SECRETS = [
  'DATABASE_PASSWORD',
  'REDIS_PASSWORD',
  'CACHE_PASSWORD',
  'NATS_NKEY_SEED',
  'TERMINAL_TICKET_KEY',
  'STRIPE_API_KEY',
  'STRIPE_WEBHOOK_SECRET',
] as const;
export type SecretName = (typeof SECRETS)[number];

/** Of a secret nothing but that it is there. */
const given = z
  .string()
  .min(1)
  .optional()
  .transform((text) => text !== undefined);
const secretVariables = Object.fromEntries(
  SECRETS.flatMap((name) => [name, `${name}_FILE`]).map((name) => [name, given]),
) as Record<SecretName | `${SecretName}_FILE`, typeof given>;

const url = (...schemes: string[]) =>
  z
    .url()
    .refine(
      (text) => schemes.includes(URL.parse(text)?.protocol ?? ''),
      `expected ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
    );
const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'expected an origin such as https://console.example',
  );
const file = z.string().min(1);

const variables = serviceVariables
  .extend(databaseVariables.shape)
  .extend(natsVariables.shape)
  .extend(redisVariables.shape)
  .extend(secretVariables)
  .extend({
    HTTP_ADDR: address.prefault(':8443'),
    HEALTH_ADDR: address.prefault(':8081'),
    METRICS_ADDR: address.prefault(':9090'),
    /** All, unless whoever called has decided otherwise. */
    OTEL_TRACES_SAMPLER_ARG: share.default(1),
    REDIS_USER: z.string().min(1).max(64).default('api'),
    REQUEST_TIMEOUT: duration({ min: 1000, max: 300_000 }).prefault('25s'),
    MAX_BODY_BYTES: integer(1024, 16_777_216).prefault('1048576'),
    MAX_HEADER_BYTES: integer(4096, 65_536).prefault('16384'),
    MAX_URI_BYTES: integer(256, 65_536).prefault('8192'),
    RATE_LIMIT_PER_SECOND: integer(1, 100_000).prefault('50'),
    RATE_LIMIT_BURST: integer(1, 100_000).prefault('100'),
    CACHE_ADDR: address.optional(),
    CACHE_USER: z.string().min(1).default('api'),
    CACHE_TLS: flag.prefault('true'),
    CACHE_TTL: duration({ min: 1 }).prefault('60s'),
    CACHE_STALE_LIMIT: duration().prefault('15m'),
    OIDC_ISSUER: url('https:'),
    OIDC_AUDIENCE: z.string().min(1),
    ADMIN_DENYLIST_MAX_STALENESS: duration({ min: 1000, max: 600_000 }).prefault('10s'),
    ADMIN_DENYLIST_FAIL_MODE: z
      .literal('closed', 'only `closed` is supported: a list that cannot be read refuses admins')
      .default('closed'),
    DENYLIST_SNAPSHOT_FILE: file.optional(),
    ALLOWED_ORIGINS: list.default([]).pipe(z.array(origin)),
    TERMINAL_URL: url('wss:')
      .transform((text) => text.replace(/\/$/, ''))
      .optional(),
    PRICE_MICROS_PER_SECOND: integer(0, 2_147_483_647).prefault('700'),
    STRIPE_API_URL: url('https:', 'http:').default('https://api.stripe.com'),
    RECONCILE_INTERVAL: duration({ min: 1000 }).prefault('15m'),
    EDGE_IDENTITIES: list.default([]),
    HTTPS_PROXY: z.string().optional(),
    NO_PROXY: z.string().optional(),
    // What is built in, for who reads the manifests; anything else is refused rather than ignored.
    LOG_FORMAT: z.literal('json').default('json'),
    OTEL_EXPORTER_OTLP_PROTOCOL: z.literal('http/json').default('http/json'),
    OTEL_PROPAGATORS: z.literal('tracecontext').default('tracecontext'),
  })
  .superRefine((config, context) => {
    const problem = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });
    if (config.REDIS_ADDR === undefined && (config.REDIS_SENTINELS === undefined || config.REDIS_MASTER === undefined))
      problem('REDIS_ADDR', 'expected host:port, or REDIS_SENTINELS with REDIS_MASTER');
    for (const name of SECRETS)
      if (isNeeded(name, config) && !config[name] && !config[`${name}_FILE`])
        problem(name, `expected a value, or a path in ${name}_FILE`);
    if (config.CACHE_STALE_LIMIT <= config.CACHE_TTL) problem('CACHE_STALE_LIMIT', 'expected more than CACHE_TTL');
    if (config.STRIPE_API_URL.startsWith('http:') && config.DEPLOYMENT_ENVIRONMENT !== 'lab')
      problem('STRIPE_API_URL', 'expected https://');
  });

/** No cache, no password of it; without a key of the provider its list is not asked for. */
function isNeeded(name: SecretName, { CACHE_ADDR }: { readonly CACHE_ADDR?: object | undefined }): boolean {
  return name === 'CACHE_PASSWORD' ? CACHE_ADDR !== undefined : name !== 'STRIPE_API_KEY';
}

export type ServeConfig = ReturnType<typeof serveConfig>;

/** @throws ConfigInvalid */
export function serveConfig(env: NodeJS.ProcessEnv) {
  return readConfig(variables, env, PARTS);
}
