import { keysOf } from './keys.ts';
import { storeFaults, type StoreFault } from './stores.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import { oncePer } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';

export type Mechanism = 'external-secrets' | 'sops' | 'vault' | 'csi' | 'sealed-secrets' | 'cert-manager';

/** Something in the repository that makes a Secret appear in the cluster. `plain`: the Secret itself, values in the open. */
export interface Producer {
  readonly mechanism: Mechanism | 'plain';
  readonly namespace: string;
  readonly secret: string;
  /** `ExternalSecret shop/db`. */
  readonly object: string;
  /** It makes the Secret in further namespaces, or lets a controller copy it there. */
  readonly isCopied: boolean;
  /** Keys that the Secret has; absent: not known here. */
  readonly keys?: readonly string[];
  /** Of a Secret: each of its values has a place in it that is filled in when it is deployed. */
  readonly isFilledIn?: true;
  /** Stores it reads from and that are not there for it. */
  readonly stores?: readonly StoreFault[];
  readonly origin: Origin;
}

/** Where each kind names the Secret that it makes; the object's own name otherwise. */
const KINDS: readonly [string, Mechanism, readonly string[]][] = [
  ['ExternalSecret', 'external-secrets', ['spec', 'target', 'name']],
  ['ClusterExternalSecret', 'external-secrets', ['spec', 'externalSecretName']],
  ['SealedSecret', 'sealed-secrets', ['spec', 'template', 'metadata', 'name']],
  ['SopsSecret', 'sops', []],
  ['VaultStaticSecret', 'vault', ['spec', 'destination', 'name']],
  ['VaultDynamicSecret', 'vault', ['spec', 'destination', 'name']],
  ['VaultPKISecret', 'vault', ['spec', 'destination', 'name']],
  ['Certificate.cert-manager.io', 'cert-manager', ['spec', 'secretName']],
];

/** Every producer of a Secret in the repository. */
export const producers = oncePer((view: PlatformView): readonly Producer[] => {
  return [
    ...KINDS.flatMap(([kind, mechanism, path]) =>
      view.objects(kind).map((object) =>
        producer(
          view,
          mechanism,
          object,
          (path.length === 0
            ? undefined
            : cursor(object)
                .get(...path)
                .string()) ?? object.name,
        ),
      ),
    ),
    ...view.objects('SecretProviderClass').flatMap((object) =>
      cursor(object)
        .get('spec', 'secretObjects')
        .items()
        .map((made) => producer(view, 'csi', object, made.get('secretName').string() ?? '')),
    ),
    ...view
      .objects('Secret')
      .filter(holdsValues)
      .map((object) => ({
        ...producer(view, object.body['sops'] === undefined ? 'plain' : 'sops', object, object.name),
        ...(isFilledIn(object) && { isFilledIn: true as const }),
      })),
  ];
});

function producer(view: PlatformView, mechanism: Producer['mechanism'], object: KubeObject, secret: string): Producer {
  const namespace = object.namespace ?? 'default';
  const keys = keysOf(object);
  const stores = storeFaults(view, object);
  return {
    mechanism,
    namespace,
    secret,
    object: `${object.kind} ${namespace}/${object.name}`,
    isCopied: object.kind === 'ClusterExternalSecret' || isReflected(object),
    ...(keys !== undefined && { keys }),
    ...(stores.length > 0 && { stores }),
    origin: object.origin,
  };
}

/** Controllers that copy Secrets into other namespaces, by the annotations they heed. */
const COPIERS = /^(?:reflector\.v1\.k8s\.emberstack\.com|replicator\.v1\.mittwald\.de|kubed\.appscode\.com)\//;

function isReflected(object: KubeObject): boolean {
  const root = cursor(object);
  return [
    root.get('metadata', 'annotations'),
    root.get('spec', 'target', 'template', 'metadata', 'annotations'),
    root.get('spec', 'template', 'metadata', 'annotations'),
    root.get('spec', 'secretTemplate', 'annotations'),
  ].some((at) => at.entries().some(([key]) => COPIERS.test(key)));
}

/** `<path:kv/data/db#password>` of the Argo CD Vault plugin, `${DB_PASSWORD}` of Flux and envsubst, `{{ … }}` of a template; one with a default is none. */
const PLACE = /<path:[^<>]+>|^<[\w.-]+>$|\$\{\w+\}|\{\{[^{}]+\}\}/;

function isFilledIn(object: KubeObject): boolean {
  const root = cursor(object);
  const values = [...root.get('data').entries(), ...root.get('stringData').entries()].map(([, at]) => at.value);
  return values.every((value) => typeof value === 'string' && PLACE.test(value) && !PASSWORD.test(value));
}

/** A password that is written out beside a place: `postgres://shop:hunter2@${DB_HOST}/shop`. */
const PASSWORD = /:\/\/[^\s:/@]*:[^\s:/@$<>{}]+@/;

/** Service-account tokens and empty shells are filled in by the cluster. */
function holdsValues(object: KubeObject): boolean {
  const root = cursor(object);
  if (root.get('type').string() === 'kubernetes.io/service-account-token') return false;
  return root.get('data').entries().length + root.get('stringData').entries().length > 0;
}
