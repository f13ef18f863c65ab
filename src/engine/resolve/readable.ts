/**
 * Parts the objects of an environment by what can be told of them: workloads, other objects that hold what their kind says, makers of pods
 * that cannot be judged, and objects that Kubernetes would refuse. What is refused leaves the view: one value of the wrong type must not keep
 * a control from what it proves of all the others.
 */
import { asWorkload, workloadKind, type KubeObject, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { Gap } from '../../model/platform.ts';
import type { Discovery } from '../discover/index.ts';
import { locate } from '../locate.ts';
import { trace } from '../trace/index.ts';
import { lenders, withoutEmptied, type FindLender } from './lenders.ts';
import { bringsOthers } from './makers.ts';
import { misfit } from './misfit.ts';
import { holdsPodTemplate } from './pod-templates.ts';
import { shapeOf } from './shapes.ts';

/** Turns an origin into a place a person can open. */
export type Place = (origin: Origin) => Pick<Gap, 'path' | 'line' | 'column'>;

/** Places in the sources: what was rendered is traced to what owns it. Asked only of what is reported. */
export function placing(discovery: Discovery): Place {
  return (origin) => {
    const source = trace(discovery.tree, discovery, origin);
    return locate(discovery.tree, source) ?? { path: source.path };
  };
}

/** An object that makes pods of which nothing can be told. */
export interface Stranger {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly object: KubeObject;
  /** A clause that says why. */
  readonly because: string;
  readonly origin: Origin;
  readonly fix: string;
}

/** The objects of an environment, parted. Strangers of kinds that nobody reads are among the objects, refused ones are not. */
export interface Readable {
  readonly objects: readonly KubeObject[];
  readonly workloads: readonly Workload[];
  readonly strangers: readonly Stranger[];
  readonly gaps: readonly Gap[];
}

export function readable(objects: readonly KubeObject[], place: Place): Readable {
  const read = {
    objects: [] as KubeObject[],
    workloads: [] as Workload[],
    strangers: [] as Stranger[],
    gaps: [] as Gap[],
  };
  const findLender = lenders(objects);
  for (const object of objects) {
    const kind = workloadKind(object);
    const shape = shapeOf(object);
    const wrong = shape && misfit(object.body, shape, object.origin);
    if (wrong === undefined) {
      read.objects.push(object);
      const brings = bringsOthers(object);
      if (kind !== undefined) readWorkload(object, findLender, read);
      else if (brings !== undefined) read.gaps.push(unmade(object, brings, place));
      else if (holdsPodTemplate(object)) read.strangers.push(unreadKind(object));
      continue;
    }
    const because = `${titleOf(object)}: ${wrong.verdict}`;
    const what = kind === undefined ? titleOf(object) : 'its pod template';
    const fix = wrong.isFilledIn ? 'Write the value of the variable where it can be read.' : `Correct ${what}.`;
    if (kind !== undefined) read.strangers.push(stranger(object, because, wrong.origin, fix));
    else read.gaps.push(gapIn(object, because, wrong.origin, fix, place));
  }
  return { ...read, workloads: withoutEmptied(read.workloads) };
}

/** As a workload; as a stranger where the template of its pods is lent and cannot be seen. */
function readWorkload(
  object: KubeObject,
  findLender: FindLender,
  read: { workloads: Workload[]; strangers: Stranger[] },
): void {
  const lent = findLender(object);
  if (lent !== undefined && 'lost' in lent) {
    const because = `${titleOf(object)} takes its pods by workloadRef from ${lent.lost}`;
    read.strangers.push(stranger(object, because, lent.origin, lent.fix));
    return;
  }
  const workload = asWorkload(object, lent?.object);
  if (workload !== undefined) read.workloads.push(workload);
}

interface Titled {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** `Deployment shop/api`. */
export function titleOf({ kind, namespace, name }: Titled): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function unreadKind(object: KubeObject): Stranger {
  const because = `${titleOf(object)} of ${object.apiVersion} makes pods, and those of its kind are not read here`;
  const fix = 'Judge its pods by other means, and exclude its file in launchgate.yaml.';
  return stranger(object, because, object.origin, fix);
}

/** What it makes may be anything, pods and rights included. */
function unmade(object: KubeObject, brings: string, place: Place): Gap {
  const because = `${titleOf(object)} of ${object.apiVersion} ${brings}, and what that brings is not evaluated here`;
  const fix = 'Check what it brings by other means, and exclude its file in launchgate.yaml.';
  return gapIn(object, because, object.origin, fix, place);
}

function stranger(object: KubeObject, because: string, origin: Origin, fix: string): Stranger {
  const { kind, namespace = 'default', name } = object;
  return { kind, namespace, name, object, because, origin, fix };
}

function gapIn(object: KubeObject, reason: string, origin: Origin, fix: string, place: Place): Gap {
  return {
    ...place(origin),
    deployable: object.deployable,
    reason,
    fix,
    hides: ['kubernetes'],
  };
}
