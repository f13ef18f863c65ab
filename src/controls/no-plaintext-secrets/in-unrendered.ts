import { Cursor, isMapping, MalformedValue } from '../../model/cursor.ts';
import type { DataDocument } from '../../model/document.ts';
import type { KubeObject } from '../../model/kube.ts';
import type { Leak } from './found.ts';
import { inObject } from './in-objects.ts';
import { inConfiguration, inResource } from './in-resources.ts';

/** What stands in clear in a manifest as it is written, or in values of a chart, that nothing renders here. */
export function inUnrendered(document: DataDocument): Leak[] {
  const object = asObject(document);
  if (object === undefined) return inConfiguration(document);
  try {
    return inObject(object);
  } catch (error) {
    if (!(error instanceof MalformedValue)) throw error;
    return inResource(`${object.kind} of ${document.path}`, new Cursor(object.body, object.origin), object.kind);
  }
}

/** A kustomization may leave out what it is. */
function asObject({ path, data, origin }: DataDocument): KubeObject | undefined {
  if (!isMapping(data)) return undefined;
  const { apiVersion, kind, metadata } = data;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const { name, namespace } = isMapping(metadata) ? metadata : {};
  return {
    apiVersion,
    kind,
    ...(typeof namespace === 'string' && { namespace }),
    name: typeof name === 'string' ? name : path,
    labels: {},
    body: data,
    deployable: '',
    origin,
  };
}
