import type { KubeObject } from '../../model/kube.ts';
import { below, type Origin, type Pointer } from '../../model/origin.ts';
import type { Deployable } from '../../model/platform.ts';
import type { FileTree } from '../../model/world.ts';
import type { Discovery } from '../discover/index.ts';
import { isSharedValue, traceHelm } from './helm.ts';
import { placeOfInline } from './inline-values.ts';
import { traceKustomize } from './kustomize.ts';
import { valueAt } from './pointers.ts';

/**
 * The source that owns a value of rendered output, for people to open and for patches to change: an overlay's patch, a base, a key
 * of a values file, a line of a template. Where that cannot be known, the kustomization, the template or `Chart.yaml`. Origins in
 * files stay as they are.
 */
export function trace(tree: FileTree, discovery: Discovery, origin: Origin): Origin {
  if (origin.rendered === undefined) return origin;
  const deployable = discovery.deployables.find(({ id }) => id === origin.rendered);
  const rendered = discovery.rendered.get(origin.rendered);
  if (deployable === undefined || rendered === undefined) return { path: origin.path };
  const found = objectAt(rendered.objects, origin);
  if (found === undefined) return { path: deployable.declaredBy };
  const { object, pointer } = found;
  if (deployable.renderer === 'helm') {
    const owner = traceHelm(discovery.survey, deployable, rendered.yaml ?? '', object, pointer);
    return owner.rendered === undefined ? owner : traceDeclaration(tree, discovery, deployable, owner);
  }
  const owner = traceKustomize(discovery.survey, deployable, object, pointer);
  return origin.textLine === undefined ? owner : { ...owner, textLine: origin.textLine };
}

/** A value that an application sets, which is itself rendered: what owns it there. */
function traceDeclaration(tree: FileTree, discovery: Discovery, deployable: Deployable, owner: Origin): Origin {
  const { declaredAt, declaredBy } = deployable;
  const outer = declaredAt?.rendered === undefined ? undefined : discovery.rendered.get(declaredAt.rendered);
  const app = outer === undefined || declaredAt === undefined ? undefined : objectAt(outer.objects, declaredAt);
  const at = app === undefined ? undefined : placeOfInline(app.object.body, owner.pointer ?? []);
  if (declaredAt === undefined || at === undefined) return { path: declaredBy };
  return trace(tree, discovery, below(declaredAt, ...at));
}

/** What the rendered output holds at an origin; `undefined` where nothing is, and for what was not rendered. */
export function renderedValue(discovery: Discovery, origin: Origin): unknown {
  const rendered = origin.rendered === undefined ? undefined : discovery.rendered.get(origin.rendered);
  const found = rendered === undefined ? undefined : objectAt(rendered.objects, origin);
  return found === undefined ? undefined : valueAt(found.object.body, found.pointer);
}

/** Whether what owns a rendered value owns others as well, so that a change would reach further than it means to. */
export function isShared(discovery: Discovery, origin: Origin): boolean {
  const rendered = origin.rendered === undefined ? undefined : discovery.rendered.get(origin.rendered);
  const deployable = discovery.deployables.find(({ id }) => id === origin.rendered);
  const found = rendered === undefined ? undefined : objectAt(rendered.objects, origin);
  if (rendered === undefined || found === undefined || deployable?.renderer !== 'helm') return false;
  return isSharedValue(discovery.survey, deployable, rendered.yaml ?? '', found.object, found.pointer);
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
