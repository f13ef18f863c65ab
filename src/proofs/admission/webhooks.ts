/** Admission webhooks without whose answer the API server refuses a request. */
import { MalformedValue, type Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { readSelector, type Selector } from '../../model/selector.ts';
import type { BackendTarget } from '../edge/backends.ts';

/** A rule of a webhook: it takes a request that matches in every member. */
export interface WebhookRule {
  readonly operations: readonly string[];
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  /** `pods`, `pods/eviction`, `pods/*`. */
  readonly resources: readonly string[];
  readonly scope: string;
}

/** A webhook with `failurePolicy: Fail`. */
export interface ClosedWebhook {
  /** `webhook pods.policy.example of ValidatingWebhookConfiguration policy`. */
  readonly id: string;
  readonly rules: readonly WebhookRule[];
  readonly namespaces?: Selector;
  readonly objects?: Selector;
  /** It has `matchConditions`, in CEL, which are not evaluated. */
  readonly conditional: boolean;
  /** Who answers; the host of a URL where that is no Service. */
  readonly server: BackendTarget | string;
  readonly origin: Origin;
}

/** The port of a Service that is called where none is given. */
const DEFAULT_PORT = 443;

/** Those of the platform. A configuration that the API server refuses for its form is not in force. */
export const closedWebhooks = oncePerPlatform((view: PlatformView): readonly ClosedWebhook[] =>
  ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']
    .flatMap((kind) => view.objects(kind))
    .filter(({ apiVersion }) => apiVersion.startsWith('admissionregistration.k8s.io/'))
    .flatMap(readOrNone),
);

function readOrNone(object: KubeObject): ClosedWebhook[] {
  try {
    return cursor(object)
      .get('webhooks')
      .items()
      .flatMap((entry) => closedWebhook(object, entry));
  } catch (error) {
    if (error instanceof MalformedValue) return [];
    throw error;
  }
}

function closedWebhook(object: KubeObject, entry: Cursor): ClosedWebhook[] {
  // v1beta1, which clusters before 1.22 served, let requests through by default.
  const byDefault = object.apiVersion.endsWith('/v1') ? 'Fail' : 'Ignore';
  const server = serverOf(entry.get('clientConfig'));
  if ((entry.get('failurePolicy').string() ?? byDefault) !== 'Fail' || server === undefined) return [];
  const namespaces = readSelector(entry.get('namespaceSelector'));
  const objects = readSelector(entry.get('objectSelector'));
  return [
    {
      id: `webhook ${entry.get('name').string() ?? ''} of ${object.kind} ${object.name}`,
      rules: entry.get('rules').items().map(ruleOf),
      ...(namespaces !== undefined && { namespaces }),
      ...(objects !== undefined && { objects }),
      conditional: entry.get('matchConditions').items().length > 0,
      server,
      origin: entry.origin,
    },
  ];
}

function serverOf(client: Cursor): ClosedWebhook['server'] | undefined {
  const service = client.get('service');
  const name = service.get('name').string();
  const namespace = service.get('namespace').string();
  if (name !== undefined && namespace !== undefined)
    return {
      namespace,
      service: name,
      port: service.get('port').integer() ?? DEFAULT_PORT,
      origin: service.origin,
    };
  const url = client.get('url').string();
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined;
}

function ruleOf(at: Cursor): WebhookRule {
  return {
    operations: at.get('operations').strings(),
    groups: at.get('apiGroups').strings(),
    versions: at.get('apiVersions').strings(),
    resources: at.get('resources').strings(),
    scope: at.get('scope').string() ?? '*',
  };
}
