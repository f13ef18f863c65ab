import { containers, cursor, type Workload } from './kube.ts';
import type { Cursor } from './cursor.ts';
import { oncePerPlatform } from './once.ts';
import type { Origin } from './origin.ts';
import type { PlatformView } from './platform.ts';

/** A variable as a container will see it, and where its value comes from. */
export interface EnvironmentVariable {
  readonly container: string;
  readonly name: string;
  readonly source:
    | { readonly from: 'literal'; readonly value: string }
    | { readonly from: 'configMap'; readonly object: string; readonly key: string; readonly value?: string }
    | { readonly from: 'secret'; readonly object: string; readonly key?: string; readonly optional?: true }
    | { readonly from: 'field' };
  readonly origin: Origin;
}

/**
 * The variables of every container of a workload, ConfigMaps of the same namespace followed. A whole Secret taken in by
 * `envFrom` appears once, under the name `*`, because its keys are not known here.
 */
export function environmentOf(view: PlatformView, workload: Workload): readonly EnvironmentVariable[] {
  const known = variables(view).get(workload) ?? variablesOf(view, workload);
  variables(view).set(workload, known);
  return known;
}

/** Many controls ask for them again. */
const variables = oncePerPlatform((_view: PlatformView) => new WeakMap<Workload, readonly EnvironmentVariable[]>());

function variablesOf(view: PlatformView, workload: Workload): EnvironmentVariable[] {
  const configMaps = configMapsOf(view, workload.namespace);
  return containers(workload).flatMap(({ name: container, at }) => [
    ...at
      .get('envFrom')
      .items()
      .flatMap((source) => fromWhole(container, source, configMaps)),
    ...at
      .get('env')
      .items()
      .map((entry) => fromEntry(container, entry, configMaps)),
  ]);
}

const configMapsByNamespace = oncePerPlatform((_view: PlatformView) => new Map<string, ReadonlyMap<string, Cursor>>());

function configMapsOf(view: PlatformView, namespace: string): ReadonlyMap<string, Cursor> {
  const known = configMapsByNamespace(view).get(namespace);
  if (known !== undefined) return known;
  const found = new Map(view.objects('ConfigMap', namespace).map((object) => [object.name, cursor(object)]));
  configMapsByNamespace(view).set(namespace, found);
  return found;
}

function fromWhole(container: string, source: Cursor, configMaps: ReadonlyMap<string, Cursor>): EnvironmentVariable[] {
  const prefix = source.get('prefix').string() ?? '';
  const secret = source.get('secretRef', 'name').string();
  if (secret !== undefined)
    return [
      {
        container,
        name: '*',
        source: { from: 'secret', object: secret, ...optionality(source.get('secretRef')) },
        origin: source.origin,
      },
    ];
  const object = source.get('configMapRef', 'name').string() ?? '';
  return (configMaps.get(object)?.get('data').entries() ?? []).map(([key, value]) => ({
    container,
    name: `${prefix}${key}`,
    source: { from: 'configMap', object, key, value: String(value.value ?? '') },
    origin: value.origin,
  }));
}

/** The container starts without it. */
function optionality(reference: Cursor): { readonly optional?: true } {
  return reference.get('optional').boolean() === true ? { optional: true } : {};
}

function fromEntry(container: string, entry: Cursor, configMaps: ReadonlyMap<string, Cursor>): EnvironmentVariable {
  const name = entry.get('name').string() ?? '';
  const valueFrom = entry.get('valueFrom');
  if (!valueFrom.exists) {
    return {
      container,
      name,
      source: { from: 'literal', value: String(entry.get('value').value ?? '') },
      origin: entry.get('value').origin,
    };
  }
  const secret = valueFrom.get('secretKeyRef');
  if (secret.exists) {
    const key = secret.get('key').string();
    return {
      container,
      name,
      source: {
        from: 'secret',
        object: secret.get('name').string() ?? '',
        ...(key === undefined ? {} : { key }),
        ...optionality(secret),
      },
      origin: secret.origin,
    };
  }
  const reference = valueFrom.get('configMapKeyRef');
  if (!reference.exists) return { container, name, source: { from: 'field' }, origin: valueFrom.origin };
  const object = reference.get('name').string() ?? '';
  const key = reference.get('key').string() ?? '';
  const held = configMaps.get(object)?.get('data', key);
  const value = held?.exists === true ? String(held.value) : undefined;
  return {
    container,
    name,
    source: { from: 'configMap', object, key, ...(value === undefined ? {} : { value }) },
    origin: held?.origin ?? reference.origin,
  };
}
