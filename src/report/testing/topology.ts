import type { Topology, TopologyLink, TopologyNode } from '../topology/model.ts';

const node = (kind: TopologyNode['kind'], name: string, detail: string): TopologyNode => ({
  id: kind === 'internet' || kind === 'edge' ? kind : `${kind}/${name}`,
  kind,
  name,
  detail,
});

const link = (from: string, to: string, detail: string, plaintext = false): TopologyLink => ({
  from,
  to,
  detail,
  plaintext,
});

/** A platform of the usual size. */
export const sampleTopology: Topology = {
  flowsDeclared: true,
  nodes: [
    node('internet', 'Internet', 'public traffic'),
    node('edge', 'Edge', 'ingress, WAF'),
    node('service', 'api', 'api, 6 public routes'),
    node('service', 'terminal-gateway', 'gateway, 2 public routes'),
    node('service', 'web', 'frontend, 1 public route'),
    node('service', 'billing-worker', 'worker'),
    node('service', 'notification-relay', 'relay'),
    node('service', 'scheduler', 'worker'),
    node('store', 'orders', 'postgres'),
    node('store', 'sessions', 'redis'),
    node('store', 'events', 'nats'),
    node('store', 'workflows', 'temporal'),
    node('external', 'stripe', 'api.stripe.com'),
    node('external', 'keycloak', 'id.example.com'),
    node('subnet', 'gpu-nodes', '10.40.0.0/16'),
  ],
  links: [
    link('internet', 'edge', 'example.com'),
    link('edge', 'service/api', 'http /api/v1/*'),
    link('edge', 'service/terminal-gateway', 'websocket /terminal'),
    link('edge', 'service/web', 'http /'),
    link('service/web', 'service/api', '8080/TCP, mtls'),
    link('service/api', 'store/orders', '5432/TCP, tls'),
    link('service/api', 'store/sessions', '6379/TCP, none', true),
    link('service/api', 'store/events', '4222/TCP, tls'),
    link('service/api', 'external/keycloak', '443/TCP, tls'),
    link('service/terminal-gateway', 'store/sessions', '6379/TCP, tls'),
    link('service/terminal-gateway', 'subnet/gpu-nodes', '22/TCP, tls'),
    link('service/api', 'service/scheduler', '9000/TCP, mtls'),
    link('store/events', 'service/billing-worker', '4222/TCP, tls'),
    link('service/billing-worker', 'store/orders', '5432/TCP, tls'),
    link('service/billing-worker', 'external/stripe', '443/TCP, tls'),
    link('external/stripe', 'edge', 'webhook /webhooks/stripe'),
    link('service/notification-relay', 'store/sessions', '6379/TCP, tls'),
    link('service/notification-relay', 'store/events', '4222/TCP, tls'),
    link('service/scheduler', 'store/workflows', '7233/TCP, mtls'),
  ],
};

/** A large platform: services in three tiers, and stores that many of them share. */
export function largeTopology(services: number): Topology {
  const name = (index: number): string => `svc-${String(index).padStart(2, '0')}`;
  const ids = Array.from({ length: services }, (_, index) => name(index));
  const fronts = Math.max(1, Math.floor(services / 5));
  return {
    flowsDeclared: true,
    nodes: [
      node('internet', 'Internet', 'public traffic'),
      node('edge', 'Edge', 'gateway'),
      ...ids.map((id) => node('service', id, 'api')),
      ...['orders', 'users', 'cache', 'events', 'search', 'files'].map((id) => node('store', id, 'postgres')),
      ...['stripe', 'mail', 'maps'].map((id) => node('external', id, `${id}.example.com`)),
    ],
    links: [
      link('internet', 'edge', 'example.com'),
      ...ids.slice(0, fronts).map((id) => link('edge', `service/${id}`, 'http')),
      ...ids
        .slice(fronts)
        .map((id, index) => link(`service/${name(index % fronts)}`, `service/${id}`, '8080/TCP, mtls')),
      ...ids.map((id, index) =>
        link(
          `service/${id}`,
          `store/${['orders', 'users', 'cache', 'events', 'search', 'files'][index % 6] ?? 'orders'}`,
          'tls',
        ),
      ),
      ...ids
        .filter((_, index) => index % 7 === 0)
        .map((id, index) =>
          link(`service/${id}`, `external/${['stripe', 'mail', 'maps'][index % 3] ?? 'mail'}`, 'tls', index === 0),
        ),
    ],
  };
}
