/** Everything that the gateway reads from its environment. What is wrong is said at once, all of it, before anything is opened. */
import { hostname } from 'node:os';
import { address, duration, flag, integer, list, readConfig as read } from '@launchgate/runtime/config';
import { z } from 'zod';
import { PARTS as TERMINAL_PARTS } from './gateway-options.ts';

/** Parts that the lab may switch off, so that a drill can show that it notices. */
const PARTS = [...TERMINAL_PARTS, 'readiness', 'redaction', 'correlation', 'telemetry'] as const;

const text = z.string().min(1);
const identities = list.pipe(z.array(z.string().regex(/^(?:spiffe:\/\/|dns:)\S+$/, 'expected spiffe://… or dns:…')));
const origin = z
  .string()
  .refine(
    (value) => URL.canParse(value) && new URL(value).origin === value,
    'expected origins such as https://console.example',
  );

const variables = z
  .object({
    DEPLOYMENT_ENVIRONMENT: text.default('production'),
    POD_NAME: text.default(hostname()),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
    HTTP_ADDR: address.prefault(':8443'),
    HEALTH_ADDR: address.prefault(':8081'),
    METRICS_ADDR: address.prefault(':9090'),
    TLS_CERT_FILE: text,
    TLS_KEY_FILE: text,
    TLS_CA_FILE: text,
    SHUTDOWN_PROPAGATION_DELAY: duration().prefault('5s'),
    SHUTDOWN_DRAIN_WINDOW: duration().prefault('600s'),
    WS_PING_INTERVAL: duration({ min: 1000 }).prefault('45s'),
    WS_IDLE_TIMEOUT: duration().prefault('15m'),
    WS_CLOSE_WAIT: duration().prefault('5s'),
    STALLED_CLIENT_TIMEOUT: duration().prefault('30s'),
    SESSION_ABSOLUTE_TIMEOUT: duration().prefault('8h'),
    SESSION_DETACHED_TIMEOUT: duration().prefault('15m'),
    REAUTH_TIMEOUT: duration().prefault('1h'),
    AGENT_RECONNECT_WINDOW: duration().prefault('30s'),
    MAX_SESSIONS_PER_POD: integer(1, 100_000).prefault('400'),
    MAX_SESSIONS_PER_USER: integer(1, 1000).prefault('8'),
    HANDSHAKES_PER_SECOND: integer(1, 100_000).prefault('100'),
    ALLOWED_ORIGINS: list.pipe(z.array(origin).min(1)),
    TICKET_TTL: duration().prefault('30s').pipe(z.number().min(1000).max(30_000)),
    TERMINAL_TICKET_PUBLIC_KEY: text.optional(),
    TERMINAL_TICKET_PUBLIC_KEY_FILE: text.optional(),
    REDIS_ADDR: address.optional(),
    REDIS_SENTINELS: list.pipe(z.array(address)).optional(),
    REDIS_MASTER: text.optional(),
    REDIS_USER: text.optional(),
    REDIS_PASSWORD: text.optional(),
    REDIS_PASSWORD_FILE: text.optional(),
    REDIS_TLS: flag.prefault('true'),
    REDIS_TIMEOUT: duration({ min: 1 }).prefault('500ms'),
    NODE_AGENT_CIDRS: list.pipe(z.array(text).min(1)),
    NODE_AGENT_PORTS: list.prefault('7443').pipe(z.array(integer(1, 65_535)).min(1)),
    NODE_AGENT_IDENTITIES: identities.pipe(z.array(z.string()).min(1)),
    ADMIN_IDENTITIES: identities.prefault(''),
    ADMIN_TOKEN: text.optional(),
    ADMIN_TOKEN_FILE: text.optional(),
    EDGE_IDENTITIES: identities.prefault(''),
    DENYLIST_MAX_STALENESS: duration({ min: 1 }).prefault('30s'),
    DENYLIST_WHEN_STALE: z.enum(['closed', 'open']).default('closed'),
    // What is built in, for who reads the manifests; anything else is refused rather than ignored.
    LOG_FORMAT: z.literal('json').default('json'),
    OTEL_EXPORTER_OTLP_PROTOCOL: z.literal('http/json').default('http/json'),
    OTEL_PROPAGATORS: z.literal('tracecontext').default('tracecontext'),
    OTEL_EXPORTER_OTLP_ENDPOINT: text.optional(),
  })
  .superRefine((config, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if ((config.REDIS_ADDR === undefined) === (config.REDIS_SENTINELS === undefined))
      issue('REDIS_ADDR', 'expected either REDIS_ADDR or REDIS_SENTINELS with REDIS_MASTER');
    if (config.REDIS_SENTINELS !== undefined && config.REDIS_MASTER === undefined)
      issue('REDIS_MASTER', 'expected with REDIS_SENTINELS');
    if (config.TERMINAL_TICKET_PUBLIC_KEY === undefined && config.TERMINAL_TICKET_PUBLIC_KEY_FILE === undefined)
      issue('TERMINAL_TICKET_PUBLIC_KEY', 'expected, or TERMINAL_TICKET_PUBLIC_KEY_FILE');
  });

export type GatewayConfig = ReturnType<typeof readConfig>;

/** @throws ConfigInvalid naming each variable that is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv) {
  return read(variables, environment, PARTS);
}
