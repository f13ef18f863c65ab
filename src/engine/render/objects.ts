import { isMapping } from '../../model/cursor.ts';
import type { KubeObject } from '../../model/kube.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { Deployable, Gap } from '../../model/platform.ts';
import type { Scopes } from './scope.ts';

/** A parsed document on its way to becoming objects. */
export interface RawDocument {
  readonly value: unknown;
  readonly origin: Origin;
  /** Line in the file (or in the rendered output) where it starts. */
  readonly line: number;
}

/** What documents turn into, and the ones Kubernetes would refuse. */
export interface ObjectsRead {
  readonly objects: KubeObject[];
  readonly gaps: Gap[];
}

/** Flattens lists, drops Helm's tests, gives every namespaced object its namespace. */
export function readObjects(documents: readonly RawDocument[], deployable: Deployable, scopes: Scopes): ObjectsRead {
  const read: ObjectsRead = { objects: [], gaps: [] };
  for (const document of documents) addDocument(document, deployable, scopes, read);
  return read;
}

function addDocument(document: RawDocument, deployable: Deployable, scopes: Scopes, read: ObjectsRead): void {
  const { value, origin } = document;
  if (
    isMapping(value) &&
    typeof value['kind'] === 'string' &&
    value['kind'].endsWith('List') &&
    Array.isArray(value['items'])
  ) {
    for (const [index, item] of value['items'].entries())
      addDocument({ ...document, value: item, origin: below(origin, 'items', index) }, deployable, scopes, read);
    return;
  }
  const object = readObject(withCommonMetadata(value, deployable), origin, deployable, scopes);
  if (typeof object === 'string') read.gaps.push(refused(document, deployable, object));
  else if (!isHelmTest(object)) read.objects.push(object);
}

/** The document with the labels and annotations that Flux gives all objects of the deployable. */
function withCommonMetadata(value: unknown, { commonMetadata }: Deployable): unknown {
  if (commonMetadata === undefined || !isMapping(value) || !isMapping(value['metadata'])) return value;
  const { metadata } = value;
  const merged = Object.fromEntries(
    Object.entries(commonMetadata)
      .filter(([, added]) => Object.keys(added).length > 0)
      .map(([field, added]) => [field, isMapping(metadata[field]) ? { ...metadata[field], ...added } : added]),
  );
  return { ...value, metadata: { ...metadata, ...merged } };
}

/** The object, or why Kubernetes would refuse it. */
function readObject(value: unknown, origin: Origin, deployable: Deployable, scopes: Scopes): KubeObject | string {
  if (!isMapping(value)) return 'it is not a mapping';
  const { apiVersion, kind, metadata } = value;
  if (typeof apiVersion !== 'string' || apiVersion === '') return 'it has no apiVersion';
  if (typeof kind !== 'string' || kind === '') return 'it has no kind';
  if (!isMapping(metadata)) return `${kind} has no metadata`;
  const name = metadata['name'] ?? metadata['generateName'];
  if (typeof name !== 'string' || name === '') return `${kind} has no metadata.name that is a string`;
  const written = metadata['namespace'] ?? undefined;
  if (written !== undefined && typeof written !== 'string')
    return `metadata.namespace of ${kind} ${name} is not a string`;
  const labels = metadata['labels'] ?? {};
  if (!isStringMap(labels)) return `metadata.labels of ${kind} ${name} hold something that is not a string`;
  if (!isStringMap(metadata['annotations'] ?? {}))
    return `metadata.annotations of ${kind} ${name} hold something that is not a string`;
  const scope = scopes.isClusterScoped(apiVersion, kind) ? {} : { namespace: namespaceOf(written, deployable) };
  if (scope.namespace !== undefined && !NAMESPACE.test(scope.namespace))
    return `${JSON.stringify(scope.namespace)}, the namespace of ${kind} ${name}, is no name of one`;
  return { apiVersion, kind, ...scope, name, labels, body: value, deployable: deployable.id, origin };
}

/** A label of RFC 1123, as the API server asks (`ValidateNamespaceName`); what some other tool is to fill in first is none. */
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** A namespace that Flux or Argo CD imposes on a plain folder wins; one it only offers does not. */
function namespaceOf(written: string | undefined, deployable: Deployable): string {
  const imposed = deployable.renderer === 'plain' ? deployable.kustomize?.overlay?.['namespace'] : undefined;
  if (typeof imposed === 'string') return imposed;
  return written === undefined || written === '' ? (deployable.namespace ?? 'default') : written;
}

function isStringMap(value: unknown): value is Record<string, string> {
  return isMapping(value) && Object.values(value).every((item) => typeof item === 'string' || item === null);
}

/** Objects that only `helm test` creates. https://helm.sh/docs/topics/chart_tests/ */
function isHelmTest(object: KubeObject): boolean {
  const metadata = object.body['metadata'];
  const annotations = isMapping(metadata) ? metadata['annotations'] : undefined;
  const hook = isMapping(annotations) ? annotations['helm.sh/hook'] : undefined;
  return (
    typeof hook === 'string' && hook.split(',').every((phase) => /^test(?:-success|-failure)?$/.test(phase.trim()))
  );
}

function refused({ origin, line }: RawDocument, deployable: Deployable, reason: string): Gap {
  const inFile = origin.rendered === undefined;
  return {
    path: origin.path,
    deployable: deployable.id,
    reason: inFile
      ? `Kubernetes would refuse the object at line ${line}: ${reason}`
      : `it renders an object that Kubernetes would refuse: ${reason}`,
    fix: inFile
      ? `Correct the object at line ${line}.`
      : `Correct the source of document ${(origin.document ?? 0) + 1} of its output.`,
    hides: ['kubernetes'],
    ...(inFile ? { line } : {}),
  };
}
