/** Pieces of a service's environment, under the names that the reference platform's manifests give them. */
import { seconds } from '../../../../model/duration.ts';
import { DATABASE } from '../postgres.ts';
import type { Lab } from '../../part.ts';

export type Environment = Readonly<Record<string, string>>;

/** Drains of the lab are short: whoever takes it down waits for them. */
const LONGEST_DRAIN_MS = 10_000;

/** What every service is told: its ports, its certificate, where its traces go, how long it may take to end. */
export function common(lab: Lab, part: string, service: string): Environment {
  const { cert, key, ca } = lab.tls(part);
  const off = lab.plan.off.get(service) ?? [];
  return {
    DEPLOYMENT_ENVIRONMENT: 'lab',
    ...(off.length === 0 ? {} : { PARTS_OFF: off.join(',') }),
    POD_NAME: part,
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'info',
    HEALTH_ADDR: `127.0.0.1:${lab.port(part, 'health')}`,
    METRICS_ADDR: `127.0.0.1:${lab.port(part, 'metrics')}`,
    TLS_CERT_FILE: cert,
    TLS_KEY_FILE: key,
    TLS_CA_FILE: ca,
    SHUTDOWN_PROPAGATION_DELAY: '1s',
    SHUTDOWN_DRAIN_WINDOW: `${drainMs(lab, service) / 1000}s`,
    OTEL_SERVICE_NAME: service,
    ...(lab.has('otlp')
      ? { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${lab.port('otlp', 'http')}`, OTEL_TRACES_SAMPLER_ARG: '1' }
      : {}),
  };
}

/** For the services that the edge or others call. */
export function serving(lab: Lab, part: string): Environment {
  return { HTTP_ADDR: `127.0.0.1:${lab.port(part, 'https')}` };
}

export function database(lab: Lab, part: string, login: string, connections: number): Environment {
  return {
    DATABASE_HOST: 'localhost',
    DATABASE_PORT: String(lab.port('postgres', 'sql')),
    DATABASE_NAME: DATABASE,
    DATABASE_USER: login,
    DATABASE_SSLMODE: 'verify-full',
    DATABASE_MAX_CONNS: String(connections),
    DATABASE_PASSWORD_FILE: lab.secretFile(part, `postgres-${login}`),
  };
}

export function realtime(lab: Lab, part: string, user: string): Environment {
  return {
    REDIS_ADDR: `localhost:${lab.port('redis', 'tls')}`,
    REDIS_USER: user,
    REDIS_TLS: 'true',
    REDIS_PASSWORD_FILE: lab.secretFile(part, `redis-${user}`),
  };
}

export function cache(lab: Lab, part: string, user: string): Environment {
  if (!lab.has('cache')) return {};
  return {
    CACHE_ADDR: `localhost:${lab.port('cache', 'tls')}`,
    CACHE_USER: user,
    CACHE_TLS: 'true',
    CACHE_PASSWORD_FILE: lab.secretFile(part, `cache-${user}`),
  };
}

export function bus(lab: Lab, part: string, user: string): Environment {
  return {
    NATS_URL: `tls://localhost:${lab.port('nats', 'client')}`,
    NATS_NKEY_SEED_FILE: lab.secretFile(part, `nats-${user}-nkey`),
  };
}

/** As the spec says, as long as the lab's patience goes. */
function drainMs(lab: Lab, service: string): number {
  const said = lab.plan.spec.services.find(({ name }) => name === service)?.drainWindow;
  return Math.min(LONGEST_DRAIN_MS, said === undefined ? LONGEST_DRAIN_MS : seconds(said) * 1000);
}
