/** What each service of the reference platform is given: the typed counterpart of its manifests. */
import { createPublicKey } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { Lab } from '../../part.ts';
import { publicOrigin } from '../desk.ts';
import { nodeId } from '../postgres.ts';
import { bus, cache, database, realtime, type Environment } from './environment.ts';

export interface LabService {
  readonly name: string;
  readonly namespace: string;
  readonly dns?: readonly string[];
  readonly needs: readonly string[];
  readonly secrets: readonly string[];
  /** Name of the port that others connect to. */
  readonly listens?: 'https' | 'agent';
  readonly prepare?: (lab: Lab, part: string) => void;
  readonly environment: (lab: Lab, part: string) => Environment;
}

const TICKET_KEY = 'terminal-ticket-ed25519';
const AUDIENCE = 'gpucloud-api';
/** Whose word about the request's id and the caller's address is taken. */
const EDGE = spiffe('edge', 'edge');

/** The reference platform compares with Stripe's list every 15 minutes, for which nobody who drills would wait. */
export const STRIPE_COMPARISON_SECONDS = 5;

export const services: readonly LabService[] = [
  {
    name: 'node-agent',
    namespace: 'node-agents',
    needs: [],
    secrets: [],
    listens: 'agent',
    prepare: (lab, part) => void mkdirSync(recordings(lab, part), { recursive: true, mode: 0o700 }),
    environment: (lab, part) => ({
      AGENT_ADDR: `${lab.host}:${lab.port(part, 'agent')}`,
      NODE_ID: nodeId(part),
      GATEWAY_IDENTITIES: spiffe('terminal', 'terminal-gateway'),
      RECORDING_DIR: recordings(lab, part),
      ...shellAccount(),
    }),
  },
  {
    name: 'terminal-gateway',
    namespace: 'terminal',
    dns: ['terminal-gateway.terminal.svc', 'terminal-gateway.terminal.svc.cluster.local'],
    // Ready it is once the API has written the deny-list: its own time to start begins there.
    needs: ['redis', 'api-1'],
    secrets: ['redis-terminal-gateway'],
    listens: 'https',
    prepare(lab, part) {
      const publicKey = createPublicKey(lab.secret(TICKET_KEY)).export({ type: 'spki', format: 'pem' });
      lab.write(part, 'ticket.pem', publicKey.toString(), 0o644);
    },
    environment: (lab, part) => ({
      ...realtime(lab, part, 'terminal-gateway'),
      TERMINAL_TICKET_PUBLIC_KEY_FILE: `${lab.folder(part)}/ticket.pem`,
      NODE_AGENT_CIDRS: `${lab.host}/32`,
      NODE_AGENT_PORTS: agentPorts(lab).join(','),
      NODE_AGENT_IDENTITIES: spiffe('node-agents', 'node-agent'),
      ADMIN_IDENTITIES: `${spiffe('lab', 'lab-operator')},${spiffe('platform', 'api')}`,
      EDGE_IDENTITIES: EDGE,
      ALLOWED_ORIGINS: publicOrigin(lab, 'console'),
      WS_PING_INTERVAL: '45s',
      WS_IDLE_TIMEOUT: '15m',
      SESSION_ABSOLUTE_TIMEOUT: '8h',
      MAX_SESSIONS_PER_POD: '400',
      MAX_SESSIONS_PER_USER: '8',
      TICKET_TTL: '30s',
    }),
  },
  {
    name: 'api',
    namespace: 'platform',
    dns: ['api.platform.svc', 'api.platform.svc.cluster.local'],
    needs: ['postgres', 'redis', 'cache', 'nats', 'identity', 'api-migrate', 'billing-streams'],
    secrets: [
      'postgres-api_a',
      'redis-api',
      'cache-api',
      'nats-api-nkey',
      'stripe-api-key',
      'stripe-webhook',
      TICKET_KEY,
    ],
    listens: 'https',
    environment: (lab, part) => ({
      ...database(lab, part, 'api_a', 8),
      DATABASE_DIRECT_HOST: 'localhost',
      DATABASE_DIRECT_PORT: String(lab.port('postgres', 'sql')),
      ...realtime(lab, part, 'api'),
      ...cache(lab, part, 'api'),
      CACHE_TTL: '60s',
      CACHE_STALE_LIMIT: '15m',
      ...bus(lab, part, 'api'),
      ...(lab.has('identity')
        ? { OIDC_ISSUER: `https://localhost:${lab.port('identity', 'https')}`, OIDC_AUDIENCE: AUDIENCE }
        : {}),
      ADMIN_DENYLIST_MAX_STALENESS: '10s',
      ADMIN_DENYLIST_FAIL_MODE: 'closed',
      DENYLIST_SNAPSHOT_FILE: `${lab.folder(part)}/denylist.snapshot`,
      NODE_PROBE_ALLOWED_CIDRS: `${lab.host}/32`,
      NODE_PROBE_ALLOWED_PORTS: ['7443', ...agentPorts(lab)].join(','),
      EDGE_IDENTITIES: EDGE,
      TERMINAL_TICKET_KEY_FILE: lab.secretFile(part, TICKET_KEY),
      TERMINAL_URL: publicOrigin(lab, 'terminal').replace('https:', 'wss:'),
      ALLOWED_ORIGINS: publicOrigin(lab, 'console'),
      STRIPE_API_KEY_FILE: lab.secretFile(part, 'stripe-api-key'),
      STRIPE_WEBHOOK_SECRET_FILE: lab.secretFile(part, 'stripe-webhook'),
      ...stripe(lab),
      RECONCILE_INTERVAL: `${STRIPE_COMPARISON_SECONDS}s`,
      REQUEST_TIMEOUT: '25s',
      MAX_BODY_BYTES: '1048576',
      MAX_HEADER_BYTES: '16384',
    }),
  },
  {
    name: 'billing-worker',
    namespace: 'platform',
    needs: ['postgres', 'nats', 'mariadb', 'api-migrate', 'billing-streams'],
    secrets: ['postgres-billing_a', 'nats-billing-worker-nkey', 'mariadb-billing_ro', 'stripe-api-key'],
    environment: (lab, part) => ({
      ...database(lab, part, 'billing_a', 8),
      ...bus(lab, part, 'billing-worker'),
      NATS_STREAM: 'usage',
      ...legacyUsage(lab, part),
      STRIPE_API_KEY_FILE: lab.secretFile(part, 'stripe-api-key'),
      ...stripe(lab),
      WORKER_CONCURRENCY: '16',
      ACTIVITY_TIMEOUT: '90s',
      RECONCILE_INTERVAL: '1m',
    }),
  },
  {
    name: 'notification-relay',
    namespace: 'platform',
    needs: ['postgres', 'redis', 'api-migrate'],
    secrets: ['postgres-relay_a', 'redis-notification-relay'],
    environment: (lab, part) => ({
      ...database(lab, part, 'relay_a', 4),
      DATABASE_DIRECT_HOST: 'localhost',
      DATABASE_DIRECT_PORT: String(lab.port('postgres', 'sql')),
      ...realtime(lab, part, 'notification-relay'),
      CHANNEL_PREFIX: 'notify.user.',
    }),
  },
];

/** Whoever reaches the identity provider of the lab is let in as anybody: the shells it leads to must not be root's. */
function shellAccount(): Environment {
  if (process.getuid?.() !== 0) return {};
  return { SHELL_USER: 'nobody', SHELL_UID: '65534', SHELL_GID: '65534', SHELL_HOME: '/' };
}

function agentPorts(lab: Lab): number[] {
  return lab.replicas('node-agent').map((agent) => lab.port(agent, 'agent'));
}

function recordings(lab: Lab, part: string): string {
  return `${lab.folder(part)}/recordings`;
}

function legacyUsage(lab: Lab, part: string): Environment {
  if (!lab.has('mariadb')) return {};
  return {
    USAGE_DATABASE_HOST: 'localhost',
    USAGE_DATABASE_PORT: String(lab.port('mariadb', 'sql')),
    USAGE_DATABASE_NAME: 'usage_legacy',
    USAGE_DATABASE_USER: 'billing_ro',
    USAGE_DATABASE_TLS: 'verify-identity',
    USAGE_DATABASE_MAX_CONNS: '4',
    USAGE_DATABASE_PASSWORD_FILE: lab.secretFile(part, 'mariadb-billing_ro'),
  };
}

/** The stand-in for Stripe, where the lab has one. */
function stripe(lab: Lab): Environment {
  return lab.has('stripe') ? { STRIPE_API_URL: `http://127.0.0.1:${lab.port('stripe', 'http')}` } : {};
}

function spiffe(namespace: string, account: string): string {
  return `spiffe://gpucloud.internal/ns/${namespace}/sa/${account}`;
}
