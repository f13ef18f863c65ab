/** Which workloads of the reference platform the parts of the lab stand for. */
import type { PartRoles, Place, Role } from './types.ts';

const pods = (subject: string): Role => ({ kind: 'pods', subject });
const at = (role: Role, port: number | string): Place => ({ role, port });
const DATA: Role = { kind: 'subnet', tier: 'data' };
const GPU: Role = { kind: 'subnet', tier: 'gpu' };
const PUBLIC: Role = { kind: 'subnet', tier: 'public' };
const INTERNET: Role = { kind: 'internet' };

/** What is outside of the platform is reached through its proxy alone. */
const BEHIND_PROXY = [at(pods('service/egress-proxy'), 3128)];

const OTHERS: Readonly<Record<string, PartRoles>> = {
  // The services have no pooler in the lab: the server stands for it, too.
  postgres: {
    sends: [pods('store/postgres'), pods('service/pgbouncer')],
    receives: { sql: [at(pods('service/pgbouncer'), 6432), at(pods('store/postgres'), 5432)] },
  },
  'postgres-replica': { sends: [pods('store/postgres')], receives: { sql: [at(pods('store/postgres'), 5432)] } },
  mariadb: { sends: [DATA], receives: { sql: [at(DATA, 3306)] } },
  redis: { sends: [pods('store/realtime')], receives: { tls: [at(pods('store/realtime'), 6380)] } },
  cache: { sends: [DATA], receives: { tls: [at(DATA, 6379)] } },
  nats: { sends: [pods('store/nats')], receives: { client: [at(pods('store/nats'), 4222)] } },
  edge: {
    sends: [pods('service/edge-web'), pods('service/edge-terminal')],
    receives: {
      https: [at(pods('service/edge-web'), 'https'), at(pods('service/edge-terminal'), 'https'), at(INTERNET, 443)],
      http: [at(INTERNET, 80)],
      health: [at(pods('service/edge-web'), 10_254)],
    },
  },
  // Its pages are those of the controller.
  'edge-metrics': {
    sends: [pods('service/edge-web')],
    receives: { http: [at(pods('service/edge-web'), 'metrics')] },
  },
  identity: { sends: [INTERNET], receives: { https: BEHIND_PROXY } },
  pager: { sends: [INTERNET], receives: { http: BEHIND_PROXY } },
  // Its deliveries come through the load balancer.
  stripe: { sends: [PUBLIC], receives: { http: BEHIND_PROXY } },
  otlp: {
    sends: [pods('service/otel-gateway')],
    receives: { http: [at(pods('service/otel-gateway'), 4318), at(pods('service/otel-gateway'), 'metrics')] },
  },
  prometheus: { sends: [pods('service/prometheus')], receives: { https: [at(pods('service/prometheus'), 9090)] } },
  alertmanager: {
    sends: [pods('service/alertmanager')],
    receives: { https: [at(pods('service/alertmanager'), 9093)] },
  },
  prober: {
    sends: [pods('service/blackbox-exporter'), { kind: 'node' }],
    receives: { http: [at(pods('service/blackbox-exporter'), 'metrics')] },
  },
  'node-agent': {
    sends: [GPU],
    receives: { agent: [at(GPU, 7443)], health: [at(GPU, 8081)], metrics: [at(GPU, 9090)] },
  },
  'billing-streams': { sends: [pods('service/billing-worker')], receives: {} },
};

/** Ports of the services, by their containers' names for them. */
const SERVICE_PORTS = ['https', 'health', 'metrics'];

/** `api-2` is one of the pods of `service/api`. A part that nobody knows is on the internet and offers nothing. */
export function rolesOf(part: string, services: ReadonlySet<string>): PartRoles {
  const base = part.replace(/-\d+$/, '');
  const known = OTHERS[base];
  if (known !== undefined) return known;
  if (!services.has(base)) return { sends: [INTERNET], receives: {} };
  const role = pods(`service/${base}`);
  return {
    sends: [role],
    receives: Object.fromEntries(SERVICE_PORTS.map((port) => [port, [at(role, port)]])),
  };
}
