import type { Query, Subject } from '../../model/control.ts';
import type { OtherEnvironment, PlatformView } from '../../model/platform.ts';
import type { Serving } from '../../proofs/drilling/site.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { evaluateRoots, type Configuration } from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf } from '../../proofs/topology/index.ts';
import { infrastructureDifferences, infrastructureOf, type InfrastructureShape } from './infrastructure.ts';
import { differences, type Difference } from './differences.ts';
import { kindsOf, shapeOf, type Shape } from './shape.ts';

export interface Side {
  readonly name: string;
  readonly shapes: readonly Shape[];
  readonly kinds: Readonly<Record<string, number>>;
  readonly infrastructure: readonly InfrastructureShape[];
}

interface Parity {
  readonly here: Side;
  readonly before?: Side;
  readonly unread: readonly string[];
  readonly allowed: readonly { readonly what: string; readonly owner?: string | undefined }[];
  readonly data?: string;
  readonly declared: boolean;
}

export interface Params extends Serving {
  readonly maxStandUp: string;
  readonly ignoreSizes: boolean;
  readonly ignoreValues: boolean;
}

/** The environment that production is promoted from; judged when production is looked at. */
export function preProduction(view: PlatformView): Subject[] {
  if (view.environment.kind !== 'production') return [];
  const before = beforeOf(view);
  if (before !== undefined) return [{ kind: 'environment', name: before.environment.name }];
  return view.provisional ? [] : [{ kind: 'environment', name: view.environment.name }];
}

/** What promotes to it by the spec, else the one staging environment. */
function beforeOf(view: PlatformView): OtherEnvironment | undefined {
  const others = view.otherEnvironments();
  return (
    others.find(({ environment }) => environment.promotesTo === view.environment.name) ??
    others.find(({ environment }) => environment.kind === 'staging')
  );
}

export function parity(): Query<Parity> {
  return (view) => {
    const before = beforeOf(view);
    const environments = [view.environment, ...(before === undefined ? [] : [before.environment])];
    const data = before?.environment.data;
    return {
      here: side(view.environment.name, view.workloads(), allObjects(view), configurationsOf(view)),
      ...(before === undefined ? {} : { before: otherSide(before) }),
      unread: (before?.gaps ?? [])
        .filter(({ hides }) => hides.includes('kubernetes') || hides.includes('terraform'))
        .map(({ path, reason }) => `${path}: ${reason}`),
      allowed: environments.flatMap(({ allowedDifferences }) =>
        allowedDifferences.map(({ what, owner }) => ({ what, owner })),
      ),
      ...(data === undefined ? {} : { data }),
      declared: !view.provisional,
    };
  };
}

function allObjects(view: PlatformView): OtherEnvironment['objects'] {
  return view.kinds().flatMap((kind) => view.objects(kind));
}

function side(
  name: string,
  workloads: OtherEnvironment['workloads'],
  objects: OtherEnvironment['objects'],
  configurations: readonly Configuration[],
): Side {
  return {
    name,
    shapes: workloads.map((workload) => shapeOf(workload, name)),
    kinds: kindsOf(objects, workloads),
    infrastructure: infrastructureOf(configurations, name),
  };
}

function otherSide({ environment: { name, kind }, workloads, objects, terraform }: OtherEnvironment): Side {
  return side(name, workloads, objects, evaluateRoots(terraform, { name, kind }));
}

export function check(_subject: Subject, input: Parity, params: Params): Result {
  const { here, before, unread, declared, data } = input;
  if (before === undefined) return inconclusive(`no environment is known that ${here.name} is promoted from`);
  if (unread.length > 0)
    return inconclusive(`${before.name} could not be read whole: ${unread.slice(0, 3).join('; ')}`);
  const [infrastructure, described] = [here, before].map((one) => one.infrastructure.length);
  const bare = before.shapes.length + here.shapes.length === 0 && infrastructure !== 0 && described !== 0;
  if (!bare && (before.shapes.length === 0 || here.shapes.length === 0))
    return inconclusive(`${before.shapes.length === 0 ? before.name : here.name} has no workload to compare`);
  const found = [...differences(before, here, params), ...infrastructureDifferences(before, here, params)];
  const open = found.filter((difference) => !isAllowed(difference, input.allowed));
  const findings = [
    ...open.map((difference) => report(difference, before.name, here.name)),
    ...dataFindings(before.name, data, declared),
  ];
  const resources =
    here.infrastructure.length === 0 ? '' : ` on the same ${here.infrastructure.length} kinds of resources`;
  return failOr(
    findings,
    `${before.name} and ${here.name} run the same ${here.shapes.length} workloads${resources}; ${found.length} differences, all allowed`,
    {
      workloads: here.shapes.length,
      ...(here.infrastructure.length === 0 ? {} : { resources: here.infrastructure.length }),
      differences: found.length,
    },
  );
}

/** `allowedDifferences` name a difference as findings do, or by how it starts: `Deployment api`, `kind NetworkPolicy`. */
function isAllowed({ what }: Difference, allowed: Parity['allowed']): boolean {
  return allowed.some(
    (entry) => what === entry.what || what.startsWith(`${entry.what} `) || what.startsWith(`${entry.what}:`),
  );
}

function report({ what, message, severity, origin }: Difference, before: string, here: string): Finding {
  return {
    message: `${message} (${before} against ${here})`,
    severity,
    ...(origin === undefined ? {} : { origin }),
    remediation: `Make them equal, or list "${what}" under allowedDifferences with the reason.`,
  };
}

function dataFindings(name: string, data: string | undefined, declared: boolean): Finding[] {
  if (!declared || data === 'anonymized' || data === 'synthetic' || data === 'none') return [];
  return [
    {
      message:
        data === undefined
          ? `the spec does not say what data ${name} holds`
          : `${name} holds production data that are not anonymized`,
      severity: data === undefined ? 'medium' : 'critical',
      remediation: 'Use synthetic or anonymized data, and declare it as data.',
    },
  ];
}
