import type { KubeObject } from '../../model/kube.ts';
import type { Origin, Pointer } from '../../model/origin.ts';
import type { FileTree } from '../../model/world.ts';
import type { Discovery } from '../discover/index.ts';
import { traceHelm } from './helm.ts';
import { traceKustomize } from './kustomize.ts';
import { valueAt } from './pointers.ts';

/**
 * The source that owns a value of rendered output, for people to open and for patches to change: an overlay's patch, a base, a key
 * of a values file, a line of a template. Where that cannot be known, the kustomization, the template or `Chart.yaml`. Origins in
 * files stay as they are.
 */
export function trace(_tree: FileTree, discovery: Discovery, origin: Origin): Origin {
  if (origin.rendered === undefined) return origin;
  const deployable = discovery.deployables.find(({ id }) => id === origin.rendered);
  const rendered = discovery.rendered.get(origin.rendered);
  if (deployable === undefined || rendered === undefined) return { path: origin.path };
  const found = objectAt(rendered.objects, origin);
  if (found === undefined) return { path: deployable.declaredBy };
  const { object, pointer } = found;
  if (deployable.renderer === 'helm')
    return traceHelm(discovery.survey, deployable, rendered.yaml ?? '', object, pointer);
  const owner = traceKustomize(discovery.survey, deployable, object, pointer);
  return origin.textLine === undefined ? owner : { ...owner, textLine: origin.textLine };
}

/** What the rendered output holds at an origin; `undefined` where nothing is, and for what was not rendered. */
export function renderedValue(discovery: Discovery, origin: Origin): unknown {
  const rendered = origin.rendered === undefined ? undefined : discovery.rendered.get(origin.rendered);
  const found = rendered === undefined ? undefined : objectAt(rendered.objects, origin);
  return found === undefined ? undefined : valueAt(found.object.body, found.pointer);
}

/** The object an origin lies in, with the pointer from there. Objects of a `List` start below it. */
function objectAt(
  objects: readonly KubeObject[],
  origin: Origin,
): { object: KubeObject; pointer: Pointer } | undefined {
  const pointer = origin.pointer ?? [];
  const object = objects.find(
    (candidate) =>
      candidate.origin.document === origin.document &&
      (candidate.origin.pointer ?? []).every((key, depth) => pointer[depth] === key),
  );
  return object === undefined ? undefined : { object, pointer: pointer.slice(object.origin.pointer?.length ?? 0) };
}
