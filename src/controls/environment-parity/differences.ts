import type { Origin } from '../../model/origin.ts';
import type { Severity } from '../../model/result.ts';
import type { Params, Side } from './check.ts';
import type { ContainerShape, Shape } from './shape.ts';

/** One way in which an environment is not as production is. */
export interface Difference {
  /** Its name, stable, as `allowedDifferences` may give it: `Deployment api: variable FEATURE_X`. */
  readonly what: string;
  readonly message: string;
  readonly severity: Severity;
  readonly origin?: Origin;
}

/** Kinds whose absence changes what is tested, beside workloads. Others (ConfigMaps, Secrets) show in the variables. */
const DECISIVE: ReadonlySet<string> = new Set([
  'Ingress',
  'HTTPRoute',
  'Gateway',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'Certificate',
  'ExternalSecret',
  'ClusterPolicy',
  'ServiceMonitor',
  'PodMonitor',
  'PrometheusRule',
  'AnalysisTemplate',
  'ScaledObject',
]);

/** Everything in which two environments differ. */
export function differences(before: Side, here: Side, params: Params): Difference[] {
  const names = [...new Set([...here.shapes, ...before.shapes].map(({ name }) => name))];
  return [
    ...names.flatMap((name) => ofWorkload(name, find(before, name), find(here, name), before.name, here.name, params)),
    ...ofKinds(before, here),
  ];
}

function find({ shapes }: Side, name: string): Shape | undefined {
  return shapes.find((shape) => shape.name === name);
}

function ofWorkload(
  name: string,
  a: Shape | undefined,
  b: Shape | undefined,
  before: string,
  here: string,
  params: Params,
): Difference[] {
  if (a === undefined || b === undefined) {
    const [missing, origin] = a === undefined ? [before, b?.origin] : [here, a.origin];
    return [
      {
        what: name,
        message: `${name} does not run in ${missing}`,
        severity: 'high',
        ...(origin === undefined ? {} : { origin }),
      },
    ];
  }
  const sizes: Difference[] =
    params.ignoreSizes || a.replicas === b.replicas
      ? []
      : [
          {
            what: `${name}: replicas`,
            message: `${name} has ${a.replicas ?? 'no'} and ${b.replicas ?? 'no'} replicas`,
            severity: 'low',
            origin: a.origin,
          },
        ];
  const containers = [...new Set([...a.containers, ...b.containers].map((container) => container.name))];
  return [
    ...sizes,
    ...containers.flatMap((container) =>
      ofContainer(
        `${name}: ${containers.length === 1 ? '' : `container ${container} `}`,
        a.containers.find((one) => one.name === container),
        b.containers.find((one) => one.name === container),
        a.origin,
        params,
      ),
    ),
  ];
}

function ofContainer(
  prefix: string,
  a: ContainerShape | undefined,
  b: ContainerShape | undefined,
  at: Origin,
  params: Params,
): Difference[] {
  const differs = (what: string, message: string, severity: Severity): Difference => ({
    what: `${prefix}${what}`.trim(),
    message: `${prefix}${message}`,
    severity,
    origin: a?.origin ?? at,
  });
  if (a === undefined || b === undefined) return [differs('', `runs in one of the two only`, 'high')];
  const variables = [...new Set([...Object.keys(a.env), ...Object.keys(b.env)])].flatMap((name) => {
    const [one, other] = [a.env[name], b.env[name]];
    if (one === undefined || other === undefined)
      return [differs(`variable ${name}`, `variable ${name} is set in one of the two only`, 'medium')];
    const bothLiteral = one.startsWith('=') && other.startsWith('=');
    if (one === other || (bothLiteral && params.ignoreValues)) return [];
    return [
      differs(
        `variable ${name}`,
        `variable ${name} ${bothLiteral ? 'has another value' : 'comes from another kind of source'}`,
        'low',
      ),
    ];
  });
  const sizes = params.ignoreSizes
    ? []
    : [...new Set([...Object.keys(a.resources), ...Object.keys(b.resources)])]
        .filter((name) => a.resources[name] !== b.resources[name])
        .map((name) =>
          differs(name, `${name} is ${a.resources[name] ?? 'unset'} and ${b.resources[name] ?? 'unset'}`, 'low'),
        );
  return [
    ...(a.image === b.image ? [] : [differs('image', `image is ${a.image} and ${b.image}`, 'high')]),
    ...(a.probes.join() === b.probes.join()
      ? []
      : [
          differs(
            'probes',
            `probes are ${a.probes.join(', ') || 'none'} and ${b.probes.join(', ') || 'none'}`,
            'medium',
          ),
        ]),
    ...variables,
    ...sizes,
  ];
}

function ofKinds(before: Side, here: Side): Difference[] {
  return [...new Set([...Object.keys(before.kinds), ...Object.keys(here.kinds)])]
    .filter((kind) => DECISIVE.has(kind) && (before.kinds[kind] === undefined) !== (here.kinds[kind] === undefined))
    .toSorted()
    .map((kind) => ({
      what: `kind ${kind}`,
      message: `${before.name} has ${before.kinds[kind] ?? 0} objects of kind ${kind}, and ${here.name} has ${here.kinds[kind] ?? 0}`,
      severity: 'medium',
    }));
}
