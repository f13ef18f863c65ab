/** The reference platform as the lab knows it: what it runs, in whose place something else runs, and what it cannot run. */
import type { Spec } from '../../model/spec.ts';

export type StoreKind = 'postgres' | 'mariadb' | 'redis' | 'cache' | 'nats';
type SpecStore = Spec['stores'][number]['kind'];
type ServiceKind = NonNullable<Spec['services'][number]['kind']>;

const NOT_IN_DEBIAN = 'Debian has no server for it';

export const STORES: {
  readonly runs: Partial<Record<SpecStore, StoreKind>>;
  readonly not: Partial<Record<SpecStore, string>>;
} = {
  runs: { postgres: 'postgres', mariadb: 'mariadb', mysql: 'mariadb', redis: 'redis', nats: 'nats' },
  not: {
    kafka: NOT_IN_DEBIAN,
    qdrant: NOT_IN_DEBIAN,
    elasticsearch: NOT_IN_DEBIAN,
    temporal: `${NOT_IN_DEBIAN}; of our services only the provisioner needs it, which the lab does not run`,
    bucket: 'object storage is a cloud service; backups go to a folder of the lab',
    volume: 'the parts keep their data in the folder of the lab',
    config: 'it lies in git, and nothing runs it',
    other: 'the lab does not know what it is',
  },
};

export interface ReferenceService {
  readonly kind: ServiceKind;
  readonly needs: readonly StoreKind[];
}

/** Services that come with Launchgate, by the names that the reference platform gives them. */
export const SERVICES: ReadonlyMap<string, ReferenceService> = new Map(
  Object.entries({
    api: { kind: 'api', needs: ['postgres', 'redis', 'nats'] },
    console: { kind: 'frontend', needs: [] },
    'billing-worker': { kind: 'worker', needs: ['postgres', 'nats'] },
    'notification-relay': { kind: 'relay', needs: ['postgres', 'redis'] },
    'terminal-gateway': { kind: 'gateway', needs: ['redis'] },
  } satisfies Record<string, ReferenceService>),
);

/** Systems around them: those in whose place a part of the lab runs, and why the others do not. */
export const OTHER_SERVICES: ReadonlyMap<string, 'runs' | { readonly because: string }> = new Map(
  Object.entries<'runs' | { readonly because: string }>({
    'edge-web': 'runs',
    'edge-terminal': 'runs',
    'log-collector': 'runs',
    'otel-gateway': 'runs',
    prometheus: 'runs',
    alertmanager: 'runs',
    'api-migrate': 'runs',
    'nats-streams': 'runs',
    provisioner: { because: 'its program is not part of Launchgate, and its nodes would be machines' },
    'egress-proxy': { because: 'nothing in the lab calls the internet' },
    grafana: { because: 'it is not in Debian; Prometheus answers the same queries' },
    'blackbox-exporter': { because: 'the lab asks its own edge' },
    'pgbackrest-exporter': { because: 'it is not in Debian; pgbackrest info says the same' },
    pgbouncer: { because: 'the services connect to PostgreSQL directly' },
    retention: { because: 'a job that runs by the clock; the lab lives for hours' },
    'postgres-backup': { because: 'a job that runs by the clock; drills take backups when they need them' },
    'redis-backup': { because: 'a job that runs by the clock; drills take backups when they need them' },
    'nats-backup': { because: 'a job that runs by the clock; drills take backups when they need them' },
    'certificate-check': { because: 'a job that runs by the clock' },
    temporal: { because: NOT_IN_DEBIAN },
  }),
);
