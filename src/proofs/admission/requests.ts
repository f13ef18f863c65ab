/** The requests that keep a workload running, and which of them a webhook takes. */
import { isNamespaceGuessed, type KubeObject, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { both, matches, type KnownLabels, type Match } from '../reachability/match.ts';
import type { ClosedWebhook, WebhookRule } from './webhooks.ts';

/** What stops when a request is refused. */
export type Stopped = 'new pods' | 'new versions' | 'changes' | 'evictions';

/** A request for a namespaced object. */
export interface Request {
  readonly stops: Stopped;
  readonly operation: 'CREATE' | 'UPDATE';
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: KnownLabels;
  readonly labels: KnownLabels;
}

const NAME_LABEL = 'kubernetes.io/metadata.name';
const CORE = { group: '', version: 'v1', resource: 'pods', subresource: '' } as const;
const MAKES_REPLICA_SETS: readonly Workload['kind'][] = ['Deployment', 'Rollout'];

/** The worst first: pods that do not come back, then versions, changes and drains. */
export function requestsOf(view: PlatformView, workload: Workload): Request[] {
  const { object, kind } = workload;
  const [group = '', version = ''] = object.apiVersion.includes('/')
    ? object.apiVersion.split('/')
    : ['', object.apiVersion];
  const namespace = namespaceLabels(view, workload);
  const pods: KnownLabels = { labels: workload.podLabels, complete: true };
  const made = { namespace, labels: pods, operation: 'CREATE', subresource: '' } as const;
  return [
    { ...CORE, ...made, stops: 'new pods' },
    ...(MAKES_REPLICA_SETS.includes(kind)
      ? [{ ...made, stops: 'new versions', group: 'apps', version: 'v1', resource: 'replicasets' } as const]
      : []),
    {
      stops: 'changes',
      operation: 'UPDATE',
      group,
      version,
      resource: `${kind.toLowerCase()}s`,
      subresource: '',
      namespace,
      labels: { labels: object.labels, complete: true },
    },
    // What is sent is an Eviction, which has no labels of the pod.
    { ...CORE, ...made, stops: 'evictions', subresource: 'eviction', labels: { labels: {}, complete: true } },
  ];
}

/** A pod that the cluster itself runs in kube-system, whose labels nobody here knows. */
export function systemPod(view: PlatformView): Request {
  return {
    ...CORE,
    stops: 'new pods',
    operation: 'CREATE',
    namespace: labelsOfNamespace(view, 'kube-system'),
    labels: { labels: {}, complete: false },
  };
}

/** Whether the API server asks the webhook about the request; perhaps, where labels or conditions are not known. */
export function takes(webhook: ClosedWebhook, request: Request): Match {
  if (!webhook.rules.some((rule) => covers(rule, request))) return 0;
  const selected = both(matches(webhook.namespaces, request.namespace), matches(webhook.objects, request.labels));
  return webhook.conditional ? both(selected, 1) : selected;
}

/** `Matcher` of apiserver pkg/admission/plugin/webhook/predicates/rules. */
function covers(rule: WebhookRule, request: Request): boolean {
  return (
    rule.scope !== 'Cluster' &&
    holds(rule.operations, request.operation) &&
    holds(rule.groups, request.group) &&
    holds(rule.versions, request.version) &&
    rule.resources.some((resource) => {
      const [main = '', sub = ''] = resource.split('/', 2);
      return (main === '*' || main === request.resource) && (sub === '*' || sub === request.subresource);
    })
  );
}

function holds(listed: readonly string[], wanted: string): boolean {
  return listed.includes('*') || listed.includes(wanted);
}

function namespaceLabels(view: PlatformView, { namespace, object }: Workload): KnownLabels {
  return isNamespaceGuessed(object) ? { labels: {}, complete: false } : labelsOfNamespace(view, namespace);
}

function labelsOfNamespace(view: PlatformView, name: string): KnownLabels {
  const object = namespacesByName(view).get(name);
  return { labels: { ...object?.labels, [NAME_LABEL]: name }, complete: object !== undefined };
}

const namespacesByName = oncePerPlatform(
  (view: PlatformView): ReadonlyMap<string, KubeObject> =>
    new Map(view.objects('Namespace').map((object) => [object.name, object])),
);
