import { isDeepStrictEqual } from 'node:util';
import type { Origin, Pointer } from '../../model/origin.ts';
import type { Deployable } from '../../model/platform.ts';
import type { Sources } from '../discover/sources.ts';
import { valueAt } from './pointers.ts';

/** Fields of a kustomization that go by another name in an application. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  namespace: ['targetNamespace'],
  labels: ['commonLabels'],
};

/**
 * Where an application writes the field of a kustomization that it adds: in `spec` of a Flux Kustomization, in `kustomize` of an
 * Application's source. What Argo CD writes otherwise, as it does images, has its entry; where several applications of the file could be
 * meant, only the file is certain.
 */
export function overlayPlace(
  sources: Sources,
  { declaredBy, declaredAt, kustomize }: Deployable,
  pointer: Pointer,
): Origin {
  const [field, ...rest] = pointer;
  const added = typeof field === 'string' ? kustomize?.overlay?.[field] : undefined;
  if (typeof field !== 'string' || added === undefined || declaredAt !== undefined) return { path: declaredBy };
  const fields = sources.manifests(declaredBy).flatMap(({ body, index }) =>
    holders(body).flatMap((holder) =>
      [field, ...(OTHER_NAMES[field] ?? [])].flatMap((name) => {
        const at = [...holder, name];
        const value = valueAt(body, at);
        return value === undefined ? [] : [{ at, value, index }];
      }),
    ),
  );
  const same = fields.find(({ value }) => isDeepStrictEqual(value, added));
  if (same !== undefined) return { path: declaredBy, document: same.index, pointer: [...same.at, ...rest] };
  const [only, ...others] = fields;
  if (only === undefined || others.length > 0) return { path: declaredBy };
  return { path: declaredBy, document: only.index, pointer: [...only.at, ...rest.slice(0, 1)] };
}

function holders(body: unknown): Pointer[] {
  return [['spec'], ['spec', 'template', 'spec']].flatMap((spec): Pointer[] => {
    const several = valueAt(body, [...spec, 'sources']);
    const sources = Array.isArray(several) ? several.map((_, index) => ['sources', index]) : [];
    return [spec, ...[['source'], ...sources].map((source) => [...spec, ...source, 'kustomize'])];
  });
}
