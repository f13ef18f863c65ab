import { canonicalJson } from '../../model/digest.ts';
import { workloadKind, type KubeObject } from '../../model/kube.ts';
import type { Deployable, Gap } from '../../model/platform.ts';
import { declaresItself } from '../discover/found.ts';
import type { Rendered } from '../discover/index.ts';

/** The objects of an environment, each once. */
export interface Merged {
  readonly deployables: readonly Deployable[];
  readonly objects: readonly KubeObject[];
  readonly gaps: readonly Gap[];
  /** In words. */
  readonly assumptions: readonly string[];
}

interface Merging {
  readonly byKey: Map<string, KubeObject>;
  readonly deployables: Deployable[];
  readonly gaps: Gap[];
  readonly assumptions: string[];
}

/**
 * Joins the objects of several deployables. Without a spec, one that mostly describes workloads another one describes already is
 * another way to deploy the same thing: it is left aside, with a note. With a spec, two different descriptions of one object are a
 * gap, because it cannot be told which of them runs.
 */
export function mergeObjects(
  deployables: readonly Deployable[],
  rendered: ReadonlyMap<string, Rendered>,
  provisional: boolean,
): Merged {
  const merging: Merging = { byKey: new Map(), deployables: [], gaps: [], assumptions: [] };
  const objectsOf = (deployable: Deployable): readonly KubeObject[] => rendered.get(deployable.id)?.objects ?? [];
  const sizes = new Map(deployables.map((deployable) => [deployable, objectsOf(deployable).length]));
  for (const deployable of [...deployables].sort((a, b) => byPreference(a, b, sizes))) {
    const objects = objectsOf(deployable);
    const rival = provisional ? rivalOf(objects, merging.byKey) : undefined;
    if (rival !== undefined) {
      merging.assumptions.push(
        `left ${deployable.id} aside: it describes the same workloads as ${rival}; check ${deployable.path} by itself to look at it`,
      );
      continue;
    }
    merging.deployables.push(deployable);
    for (const object of objects) addObject(object, deployable, merging, provisional);
  }
  const order = new Map(deployables.map(({ id }, index) => [id, index]));
  return {
    ...merging,
    deployables: merging.deployables.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0)),
    objects: [...merging.byKey.values()],
  };
}

/** Names an object within a cluster. Objects whose name the cluster makes up are never the same. */
export function objectKey(object: KubeObject): string {
  const { apiVersion, kind, namespace = '', name } = object;
  const slash = apiVersion.indexOf('/');
  const group = slash === -1 ? '' : apiVersion.slice(0, slash);
  return `${kind}.${group}/${namespace}/${name}`;
}

function addObject(object: KubeObject, deployable: Deployable, merging: Merging, provisional: boolean): void {
  const metadata = object.body['metadata'] as { name?: unknown };
  const key = metadata.name === undefined ? `generated/${merging.byKey.size}` : objectKey(object);
  const known = merging.byKey.get(key);
  if (known === undefined) merging.byKey.set(key, object);
  else if (!sameBody(known, object)) report(known, object, deployable, merging, provisional);
}

function report(
  known: KubeObject,
  object: KubeObject,
  deployable: Deployable,
  merging: Merging,
  provisional: boolean,
): void {
  const what = `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`;
  const within = known.deployable === object.deployable;
  if (provisional && !within) {
    merging.assumptions.push(`${known.deployable} and ${object.deployable} both describe ${what}; took the first`);
    return;
  }
  merging.gaps.push({
    path: object.origin.path,
    deployable: deployable.id,
    reason: `${what} is described twice, and differently, here and in ${known.origin.path}`,
    fix: within ? 'Remove one of them.' : 'Name the deployables of the environment in launchgate.yaml.',
    hides: ['kubernetes'],
  });
}

/** The deployable that already describes more than half of these workloads. */
function rivalOf(objects: readonly KubeObject[], byKey: ReadonlyMap<string, KubeObject>): string | undefined {
  const workloads = objects.filter((object) => workloadKind(object) !== undefined);
  const taken = workloads.flatMap((object) => byKey.get(objectKey(object)) ?? []);
  return taken.length * 2 > workloads.length ? taken[0]?.deployable : undefined;
}

function sameBody(a: KubeObject, b: KubeObject): boolean {
  return a.body === b.body || canonical(a) === canonical(b);
}

/** Values JSON cannot hold (`.inf`) make two bodies differ. */
function canonical(object: KubeObject): string | symbol {
  try {
    return canonicalJson(object.body);
  } catch {
    return Symbol('not canonical');
  }
}

const RENDERER_ORDER: readonly Deployable['renderer'][] = ['kustomize', 'helm', 'plain', 'terraform'];

/** What somebody named for an environment or by an application first, then what describes most. */
function byPreference(a: Deployable, b: Deployable, sizes: ReadonlyMap<Deployable, number>): number {
  return (
    Number(a.environment === undefined) - Number(b.environment === undefined) ||
    Number(declaresItself(a)) - Number(declaresItself(b)) ||
    (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0) ||
    RENDERER_ORDER.indexOf(a.renderer) - RENDERER_ORDER.indexOf(b.renderer) ||
    (a.id < b.id ? -1 : Number(a.id > b.id))
  );
}
