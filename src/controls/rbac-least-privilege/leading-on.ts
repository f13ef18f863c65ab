/**
 * Rights that lead to others. https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
 */
import type { Rule } from './roles.ts';

/** What somebody may reach by a rule beyond what it says, and how that is mended. */
export interface Leading {
  readonly what: string;
  readonly remediation: string;
}

interface Right extends Leading {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** It is about the cluster: a RoleBinding does not grant it. */
  readonly ofCluster: boolean;
  /** Whether it leads nowhere else on the named objects alone. */
  readonly isBounded: (names: readonly string[]) => boolean;
}

const anyName = (names: readonly string[]): boolean => names.length > 0;

/** Signers whose certificates the API server takes for whoever they name. */
const FOR_CLIENTS = /^kubernetes\.io\/(?:\*|kube-apiserver-client(?:-kubelet)?)$/;

const RIGHTS: readonly Right[] = [
  {
    group: '',
    resources: ['nodes/proxy'],
    // Reading is enough: the kubelet runs commands for a GET that becomes a WebSocket.
    verbs: ['get', 'create', 'update', 'patch', 'delete'],
    ofCluster: true,
    isBounded: () => false,
    what: 'ask kubelets to run commands in every pod of their nodes (nodes/proxy), and so take the rights of all of them',
    remediation: 'Grant nodes/metrics and nodes/stats, which is what monitoring reads.',
  },
  {
    group: '',
    resources: ['pods/exec', 'pods/attach'],
    verbs: ['create', 'get'],
    ofCluster: false,
    isBounded: anyName,
    what: 'run commands in every pod, and so take the rights and secrets of all of them',
    remediation: 'Remove the right, or name the pods in resourceNames; for emergencies there is break-glass access.',
  },
  {
    group: '',
    resources: ['pods/ephemeralcontainers'],
    verbs: ['update', 'patch'],
    ofCluster: false,
    isBounded: anyName,
    what: 'put a container of their own into every pod, and so take the rights and secrets of all of them',
    remediation: 'Remove the right, or name the pods in resourceNames; for emergencies there is break-glass access.',
  },
  {
    group: 'admissionregistration.k8s.io',
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    verbs: ['create', 'update', 'patch'],
    ofCluster: true,
    isBounded: anyName,
    what: 'have every object that is written, secrets included, sent to a webhook of their own',
    remediation: 'Name the webhook configurations in resourceNames.',
  },
  {
    group: 'certificates.k8s.io',
    resources: ['signers'],
    verbs: ['approve'],
    ofCluster: true,
    isBounded: (names) => names.length > 0 && !names.some((name) => FOR_CLIENTS.test(name)),
    what: 'approve client certificates in any name, and so become anybody',
    remediation: 'Name other signers than those of clients in resourceNames, such as kubernetes.io/kubelet-serving.',
  },
];

/** What makes pods, by API group: whoever writes a workload chooses the account that its pods run as. */
const MAKERS: readonly (readonly [group: string, resources: readonly string[], verbs: readonly string[]])[] = [
  ['', ['pods'], ['create']],
  ['', ['replicationcontrollers'], ['create', 'update', 'patch']],
  ['apps', ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], ['create', 'update', 'patch']],
  ['batch', ['jobs', 'cronjobs'], ['create', 'update', 'patch']],
];

/** The first right of a rule that leads further wherever it holds. */
export function leadingOn(rule: Rule, namespace: string | undefined): Leading | undefined {
  return RIGHTS.find(
    (right) =>
      !(right.ofCluster && namespace !== undefined) &&
      !right.isBounded(rule.resourceNames) &&
      grants(rule, right.group, right.resources, right.verbs).length > 0,
  );
}

/** What a rule lets somebody make that runs pods as an account of their choice; on named objects alone that is no choice. */
export function podsMade(rule: Rule): string[] {
  return MAKERS.flatMap(([group, resources, verbs]) =>
    grants(rule, group, resources, rule.resourceNames.length === 0 ? verbs : []),
  );
}

/** Which of the resources a rule grants with one of the verbs. */
function grants(rule: Rule, group: string, resources: readonly string[], verbs: readonly string[]): string[] {
  const inGroup = rule.apiGroups.includes(group) || rule.apiGroups.includes('*');
  const may = verbs.some((verb) => rule.verbs.includes(verb) || rule.verbs.includes('*'));
  if (!inGroup || !may) return [];
  return resources.filter(
    (resource) =>
      rule.resources.includes(resource) ||
      rule.resources.includes('*') ||
      rule.resources.includes(`*/${resource.split('/')[1] ?? ''}`),
  );
}
