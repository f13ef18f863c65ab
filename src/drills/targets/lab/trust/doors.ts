/** Which parts of the lab serve TLS to whom. What stands in for a system of the platform, such as the receiver of spans, is none of them. */
import type { TlsDoor } from '../../../../model/drill/trust.ts';
import type { Lab } from '../../../lab/part.ts';

const OF_STORE: Readonly<Record<string, Omit<TlsDoor, 'port'> & { readonly listens: string }>> = {
  postgres: { part: 'postgres', protocol: 'postgres', listens: 'sql' },
  mariadb: { part: 'mariadb', protocol: 'mysql', listens: 'sql' },
  redis: { part: 'redis', protocol: 'redis', listens: 'tls' },
  cache: { part: 'cache', protocol: 'redis', listens: 'tls' },
  nats: { part: 'nats', protocol: 'nats', listens: 'client' },
};

/** Services that listen for others. */
const LISTENING = ['api', 'terminal-gateway'];

export function doorsOf(lab: Lab, subject: string): TlsDoor[] {
  const [kind = '', name = ''] = subject.split('/');
  if (kind === 'service')
    return LISTENING.includes(name) ? lab.replicas(name).map((part) => doorOfService(lab, part)) : [];
  const store = OF_STORE[lab.plan.stores.get(name) ?? ''];
  if (kind !== 'store' || store === undefined || !lab.has(store.part)) return [];
  const replicas = store.part === 'postgres' && lab.has('postgres-replica') ? ['postgres-replica'] : [];
  return [store.part, ...replicas].map((part) => ({
    part,
    protocol: store.protocol,
    port: lab.port(part, store.listens),
  }));
}

/** The door of a part, where it has one. */
export function doorOfPart(lab: Lab, part: string): TlsDoor | undefined {
  const stores = [...lab.plan.stores.keys()].map((name) => `store/${name}`);
  const services = LISTENING.map((name) => `service/${name}`);
  return [...stores, ...services].flatMap((subject) => doorsOf(lab, subject)).find((door) => door.part === part);
}

function doorOfService(lab: Lab, part: string): TlsDoor {
  return { part, protocol: 'https', port: lab.port(part, 'https') };
}
