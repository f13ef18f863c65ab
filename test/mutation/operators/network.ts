/** Who may talk to whom, as whom, and in the open or not. */
import { REMOVED, SAME, type FileOperator, type ObjectOperator } from '../types.ts';

const POLICY = ['network-default-deny', 'network-declared-flows', 'egress-allow-list', 'metrics-exposed'];
type Rules = Record<string, unknown>[];

/** Among our own pods the rules of the other end go on deciding; outside, and at the cluster's own services, nobody else does. */
function leadsOut(peers: unknown): boolean {
  return /ipBlock|kube-system/.test(JSON.stringify(peers ?? null));
}

export const networkOperators: readonly ObjectOperator[] = [
  { name: 'policy removed', controls: POLICY, kinds: ['NetworkPolicy'], to: REMOVED },
  {
    name: 'policy selects other pods',
    controls: POLICY,
    kinds: ['NetworkPolicy'],
    at: 'spec.podSelector',
    to: { matchLabels: { app: 'another' } },
  },
  {
    name: 'default-deny of one direction only',
    controls: ['network-default-deny'],
    kinds: ['NetworkPolicy'],
    only: /^default-deny$/,
    at: 'spec.policyTypes',
    to: ['Ingress'],
  },
  {
    name: 'ingress from everywhere',
    controls: POLICY,
    kinds: ['NetworkPolicy'],
    at: 'spec.ingress',
    to: (rules: Rules) => [...rules, {}],
  },
  {
    name: 'egress to everywhere',
    controls: POLICY,
    kinds: ['NetworkPolicy'],
    at: 'spec.egress',
    to: (rules: Rules) => [...rules, {}],
  },
  { name: 'ingress rule removed', controls: POLICY, kinds: ['NetworkPolicy'], at: 'spec.ingress.*', to: REMOVED },
  { name: 'egress rule removed', controls: POLICY, kinds: ['NetworkPolicy'], at: 'spec.egress.*', to: REMOVED },
  {
    name: 'peers of an ingress rule removed',
    controls: POLICY,
    kinds: ['NetworkPolicy'],
    at: 'spec.ingress.*.from',
    to: REMOVED,
  },
  {
    name: 'ports of an egress rule to where no rule of ours decides removed',
    controls: POLICY,
    kinds: ['NetworkPolicy'],
    at: 'spec.egress.*',
    to: (rule: Record<string, unknown>) => (leadsOut(rule['to']) ? { ...rule, ports: undefined } : SAME),
  },
  { name: 'another port', controls: POLICY, kinds: ['NetworkPolicy'], at: 'spec.ingress.*.ports.*.port', to: 1 },
  {
    name: 'DNS over TCP blocked',
    controls: ['network-default-deny'],
    kinds: ['NetworkPolicy'],
    only: /^allow-dns$/,
    at: 'spec.egress.*.ports',
    to: (ports: Record<string, unknown>[]) => ports.filter(({ protocol }) => protocol === 'UDP'),
  },
  {
    name: 'the default service account',
    controls: ['workload-identity'],
    kinds: ['Deployment', 'Rollout', 'StatefulSet', 'DaemonSet'],
    at: 'spec.template.spec.serviceAccountName',
    to: 'default',
  },
  {
    name: 'service account removed from the pods',
    controls: ['workload-identity'],
    kinds: ['Deployment', 'Rollout', 'StatefulSet'],
    at: 'spec.template.spec.serviceAccountName',
    to: REMOVED,
  },
  {
    name: 'certificate for ten years',
    controls: ['workload-identity', 'certificate-lifecycle'],
    kinds: ['Certificate'],
    only: /^(?!.*public)/,
    at: 'spec.duration',
    to: '87600h',
  },
  {
    name: 'database connection that trusts any certificate',
    controls: ['internal-tls'],
    kinds: ['ConfigMap'],
    at: 'data.DATABASE_SSLMODE',
    to: 'require',
  },
  {
    name: 'database connection in the open',
    controls: ['internal-tls'],
    kinds: ['ConfigMap'],
    at: 'data.DATABASE_SSLMODE',
    to: 'disable',
  },
  {
    name: 'Redis connection in the open',
    controls: ['internal-tls'],
    kinds: ['ConfigMap'],
    at: 'data.REDIS_TLS',
    to: 'false',
  },
  {
    name: 'cache connection in the open',
    controls: ['internal-tls'],
    kinds: ['ConfigMap'],
    at: 'data.CACHE_TLS',
    to: 'false',
  },
  {
    name: 'NATS connection in the open',
    controls: ['internal-tls'],
    kinds: ['ConfigMap'],
    at: 'data.NATS_URL',
    to: (url: string) => url.replace(/tls:/g, 'nats:'),
  },
  {
    name: 'Temporal connection in the open',
    controls: ['internal-tls'],
    kinds: ['ConfigMap'],
    at: 'data.TEMPORAL_TLS',
    to: 'false',
  },
  {
    name: 'upstream certificate not verified',
    controls: ['internal-tls'],
    kinds: ['Ingress'],
    at: 'metadata.annotations.[nginx.ingress.kubernetes.io/proxy-ssl-verify]',
    to: 'off',
  },
  {
    name: 'upstream in the open',
    controls: ['internal-tls'],
    kinds: ['Ingress'],
    at: 'metadata.annotations.[nginx.ingress.kubernetes.io/backend-protocol]',
    to: 'HTTP',
  },
  {
    name: 'proxy that leads elsewhere allowed',
    controls: ['egress-allow-list', 'network-declared-flows'],
    kinds: ['NetworkPolicy'],
    at: 'spec.egress.*.to',
    to: (peers: unknown) => (Array.isArray(peers) ? [...peers, { ipBlock: { cidr: '0.0.0.0/0' } }] : SAME),
  },
];

export const networkFileOperators: readonly FileOperator[] = [
  {
    name: 'database takes plaintext',
    controls: ['internal-tls'],
    files: /pg_hba\.conf$/,
    find: /^hostssl /m,
    replace: 'host ',
  },
  {
    name: 'rule that refuses plaintext removed',
    controls: ['internal-tls'],
    files: /pg_hba\.conf$/,
    find: /^hostnossl .*reject$/m,
    replace: 'host all all all scram-sha-256',
  },
  {
    name: 'Redis port in the open',
    controls: ['internal-tls'],
    files: /redis\.conf$/,
    find: /^port 0$/m,
    replace: 'port 6379',
  },
  {
    name: 'Redis replication in the open',
    controls: ['internal-tls'],
    files: /redis\.conf$/,
    find: /^tls-replication yes$/m,
    replace: 'tls-replication no',
  },
  { name: 'NATS without TLS', controls: ['internal-tls'], files: /nats\.conf$/, find: /^tls \{[^}]*\}/m, replace: '' },
  {
    name: 'NATS cluster without TLS',
    controls: ['internal-tls'],
    files: /nats\.conf$/,
    find: /^ {2}tls \{[^}]*\}/m,
    replace: '',
  },
  {
    name: 'pooler to database not verified',
    controls: ['internal-tls'],
    files: /pgbouncer\.ini$/,
    find: /^server_tls_sslmode = verify-full$/m,
    replace: 'server_tls_sslmode = require',
  },
  {
    name: 'pooler takes plaintext',
    controls: ['internal-tls'],
    files: /pgbouncer\.ini$/,
    find: /^client_tls_sslmode = verify-ca$/m,
    replace: 'client_tls_sslmode = allow',
  },
  {
    name: 'Redis user may publish',
    controls: ['channel-segregation'],
    files: /users\.acl$/,
    find: /-@all \+get \+set /,
    replace: '-@all +publish +get +set ',
  },
];
