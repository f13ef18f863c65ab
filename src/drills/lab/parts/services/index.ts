/** The services of the reference platform: each as many times as the plan says, and the two commands that go before them. */
import { join } from 'node:path';
import type { Lab, Part } from '../../part.ts';
import type { LabPlan } from '../../plan.ts';
import { packageRoot } from '../../run/programs.ts';
import { seedNodes } from '../postgres.ts';
import { bus, common, database, serving } from './environment.ts';
import { services, type LabService } from './table.ts';

/** Beyond the drain: the delay before it, and the time to close what is left. */
const STOP = { signal: 'SIGTERM', timeoutMs: 20_000 } as const;

export function serviceParts(plan: LabPlan): Part[] {
  const running = services.filter(({ name }) => (plan.replicas.get(name) ?? 0) > 0);
  const needed = new Set(running.flatMap(({ needs }) => needs));
  return [
    ...[migrate, streams].filter(({ name }) => needed.has(name)),
    ...running.flatMap((service) =>
      Array.from({ length: plan.replicas.get(service.name)! }, (_, index) =>
        servicePart(service, `${service.name}-${index + 1}`),
      ),
    ),
  ];
}

function servicePart(service: LabService, name: string): Part {
  const listens = service.listens === undefined ? [] : [service.listens];
  return {
    name,
    needs: service.needs,
    ports: [...listens, 'health', 'metrics'],
    identity: { name: service.name, namespace: service.namespace, dns: service.dns ?? [] },
    secrets: service.secrets,
    stop: STOP,
    prepare: (lab) => service.prepare?.(lab, name),
    command: (lab) => ({
      ...lab.program('service', service.name),
      env: {
        ...common(lab, name, service.name),
        ...(service.listens === 'https' ? serving(lab, name) : {}),
        ...service.environment(lab, name),
      },
    }),
    ready: (lab, signal) => askReady(lab, name, signal),
  };
}

/** What its load balancer would ask. */
async function askReady(lab: Lab, name: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${lab.port(name, 'health')}/readyz`, { signal });
  const text = await response.text();
  if (!response.ok) throw new Error(`/readyz answers ${response.status} ${text.slice(0, 300)}`);
}

const migrate: Part = {
  name: 'api-migrate',
  once: true,
  needs: ['postgres'],
  identity: { name: 'api-migrate', namespace: 'platform' },
  secrets: ['postgres-migrator_a'],
  command(lab) {
    const { file, args = [] } = lab.program('service', 'api');
    const { cert, key, ca } = lab.tls('api-migrate');
    return {
      file,
      args: [...args, 'migrate', 'up', '--lock-timeout=5s'],
      env: {
        DEPLOYMENT_ENVIRONMENT: 'lab',
        MIGRATIONS_DIR: join(packageRoot(), 'services/api/migrations'),
        TLS_CERT_FILE: cert,
        TLS_KEY_FILE: key,
        TLS_CA_FILE: ca,
        ...database(lab, 'api-migrate', 'migrator_a', 2),
      },
    };
  },
  settle: (lab) => seedNodes(lab),
};

const streams: Part = {
  name: 'billing-streams',
  once: true,
  needs: ['nats'],
  identity: { name: 'billing-streams', namespace: 'platform' },
  secrets: ['nats-billing-streams-nkey'],
  command(lab) {
    const { file, args = [] } = lab.program('service', 'billing-worker');
    const { cert, key, ca } = lab.tls('billing-streams');
    return {
      file,
      args: [...args, 'streams', 'apply'],
      env: {
        DEPLOYMENT_ENVIRONMENT: 'lab',
        TLS_CERT_FILE: cert,
        TLS_KEY_FILE: key,
        TLS_CA_FILE: ca,
        ...bus(lab, 'billing-streams', 'billing-streams'),
      },
    };
  },
};
