import type { Cursor } from '../../model/cursor.ts';
import { parseImage } from '../../model/image.ts';
import { containers, cursor, type KubeObject, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';

/** What of a workload must be the same before production and in it. */
export interface Shape {
  /** `Deployment api`. */
  readonly name: string;
  readonly replicas?: number;
  readonly containers: readonly ContainerShape[];
  readonly origin: Origin;
}

export interface ContainerShape {
  readonly name: string;
  /** Repository without registry, tag and digest: what is run, not from where or which build. */
  readonly image: string;
  /** Names of variables with a mark of where they come from; values where they are literal. */
  readonly env: Readonly<Record<string, string>>;
  readonly resources: Readonly<Record<string, string>>;
  readonly probes: readonly string[];
  readonly origin: Origin;
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

export function shapeOf(workload: Workload, environment: string): Shape {
  const replicas = cursor(workload.object).get('spec', 'replicas').integer();
  return {
    name: `${workload.kind} ${neutral(workload.name, environment)}`,
    ...(replicas === undefined ? {} : { replicas }),
    containers: containers(workload).map(({ name, at }) => containerShape(name, at)),
    origin: workload.object.origin,
  };
}

function containerShape(name: string, at: Cursor): ContainerShape {
  const image = at.get('image').string() ?? '';
  return {
    name,
    image: parseImage(image)?.repository.split('/').at(-1) ?? image,
    env: Object.fromEntries([
      ...at
        .get('env')
        .items()
        .map((entry) => [entry.get('name').string() ?? '', sourceOf(entry)]),
      ...at
        .get('envFrom')
        .items()
        .map((entry) => [`all of ${wholeOf(entry)}`, 'whole']),
    ]),
    resources: Object.fromEntries(
      ['requests', 'limits'].flatMap((side) =>
        at
          .get('resources', side)
          .entries()
          .map(([resource, amount]) => [`${side}.${resource}`, String(amount.value)]),
      ),
    ),
    probes: PROBES.filter((probe) => at.get(probe).exists),
    origin: at.origin,
  };
}

/** A literal by its value; a reference by its kind, because names carry hashes and places. */
function sourceOf(entry: Cursor): string {
  const from = entry.get('valueFrom');
  return from.exists ? (from.entries()[0]?.[0] ?? 'reference') : `=${String(entry.get('value').value ?? '')}`;
}

function wholeOf(entry: Cursor): string {
  const kind = entry.get('secretRef').exists ? 'secretRef' : 'configMapRef';
  const name = entry.get(kind, 'name').string() ?? '';
  return `${kind === 'secretRef' ? 'Secret' : 'ConfigMap'} ${name.replace(/-[a-z0-9]{10}$/, '')}`;
}

/** Kinds of objects other than workloads that make the environment behave as it does, counted. */
export function kindsOf(objects: readonly KubeObject[], workloads: readonly Workload[]): Record<string, number> {
  const own = new Set(workloads.map(({ object }) => object));
  const counts: Record<string, number> = {};
  for (const object of objects) if (!own.has(object)) counts[object.kind] = (counts[object.kind] ?? 0) + 1;
  return counts;
}

/** A name without the environment in it: `api-staging` and `api-production` are one. */
export function neutral(name: string, environment: string): string {
  const words =
    environment === 'production' ? ['production', 'prod', 'prd'] : [environment, environment.slice(0, 4), 'stg'];
  return words.reduce((rest, word) => rest.replace(new RegExp(`(?:^${escaped(word)}-|-${escaped(word)}$)`), ''), name);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
