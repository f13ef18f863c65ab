/** Random policies of Cilium. */
import fc from 'fast-check';
import { CUTTING, label, labels, NAMESPACES, selector, WHOLE } from './worlds-parts.testkit.ts';

const ciliumSelector = fc.oneof(
  { weight: 3, arbitrary: selector },
  {
    weight: 1,
    arbitrary: labels.map((own) => ({
      matchLabels: Object.fromEntries(Object.entries(own).map(([key, value]) => [`k8s:${key}`, value])),
    })),
  },
);
const inNamespace = fc.oneof(
  fc.constantFrom(...NAMESPACES).map((name) => ({ matchLabels: { 'k8s:io.kubernetes.pod.namespace': name } })),
  fc.constantFrom(
    { matchExpressions: [{ key: 'io.kubernetes.pod.namespace', operator: 'Exists' }] },
    { matchExpressions: [{ key: 'any:io.kubernetes.pod.namespace', operator: 'NotIn', values: ['one'] }] },
    { matchLabels: { 'io.kubernetes.pod.namespace': 'two', app: 'x' } },
  ),
);
const byNamespaceLabels = fc
  .constantFrom('app', 'tier')
  .chain((key) => label.map((value) => ({ matchLabels: { [`k8s:io.cilium.k8s.namespace.labels.${key}`]: value } })));
const ciliumPort = fc.oneof(
  fc.record({ port: fc.constantFrom('53', '80', '8080'), protocol: fc.constantFrom('TCP', 'UDP', 'SCTP', 'ANY') }),
  fc.constantFrom({ port: '0' }, { port: '80' }, { port: '53', endPort: 8080, protocol: 'TCP' }),
);

const ENTITIES = ['all', 'cluster', 'world', 'host', 'remote-node'];

/** `settled`: without what settings and versions of Cilium decide. */
export function ciliumPolicy(settled: boolean) {
  const isWide = fc.boolean();
  const blocks = settled ? ['203.0.113.0/24', '203.0.113.128/25', 'fd00:0:0:0:0:0:0:0/8'] : [...WHOLE, ...CUTTING];
  const rule = (side: 'from' | 'to', entities = ENTITIES, everybody = 1) => {
    const port =
      side === 'from' ? fc.oneof(ciliumPort, fc.record({ port: fc.constantFrom('web', 'dns') })) : ciliumPort;
    const peers = fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .array(fc.oneof(ciliumSelector, inNamespace, ...(settled ? [] : [byNamespaceLabels])), { maxLength: 2 })
          .map((list) => ({ [`${side}Endpoints`]: list })),
      },
      {
        weight: 2,
        arbitrary: fc.subarray(entities, { minLength: 1, maxLength: 2 }).map((list) => ({ [`${side}Entities`]: list })),
      },
      { weight: 1, arbitrary: fc.constantFrom(...blocks).map((cidr) => ({ [`${side}CIDR`]: [cidr] })) },
      { weight: everybody, arbitrary: fc.constant({}) },
    );
    const ports = fc.option(fc.array(port, { minLength: 1, maxLength: 2 }), { nil: undefined });
    return fc.tuple(peers, ports).map(([who, list]) => ({ ...who, ...(list && { toPorts: [{ ports: list }] }) }));
  };
  const spec = fc.record(
    {
      ingress: fc.array(rule('from'), { maxLength: 2 }),
      egress: fc.array(rule('to'), { maxLength: 2 }),
      // Versions differ on a denial of what comes from the own node.
      ingressDeny: fc.array(settled ? rule('from', ['world', 'remote-node'], 0) : rule('from'), { maxLength: 1 }),
      egressDeny: fc.array(rule('to'), { maxLength: 1 }),
      enableDefaultDeny: fc.record({ ingress: fc.boolean(), egress: fc.boolean() }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  );
  return fc
    .tuple(
      isWide,
      fc.constantFrom(...NAMESPACES),
      ciliumSelector,
      fc.oneof(ciliumSelector, inNamespace, byNamespaceLabels),
      spec,
    )
    .map(([wide, namespace, own, wider, rest]) => ({
      ...(!wide && { namespace }),
      spec: { ...rest, endpointSelector: wide ? wider : own },
    }));
}
