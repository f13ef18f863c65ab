/**
 * Workloads that the spec speaks of and nothing deploys. A service whose workload is misspelt would otherwise be judged by nobody, under its
 * own name or any other.
 */
import type { Pointer } from '../../model/origin.ts';
import type { Gap, Service } from '../../model/platform.ts';
import type { ServiceSpec, Spec, StoreSpec, WorkloadRef } from '../../model/spec.ts';
import { refersTo } from '../../model/subjects.ts';
import { nearest } from '../spec/suggest.ts';
import { titleOf, type Place, type Readable } from './readable.ts';

/** Kinds of services that may run elsewhere: on a CDN, or as a part of the cluster that others install. */
const ELSEWHERE: readonly (ServiceSpec['kind'] | undefined)[] = ['frontend', 'system'];

/** Names that are compared with all that is there; who misses more has another trouble than a misspelling. */
const MOST_GUESSES = 50;

/** What is there to be meant. */
type Runs = Pick<Readable, 'objects' | 'workloads' | 'strangers'>;

/** A workload that is missing, with the place of the spec that speaks of it. */
interface Missing {
  readonly subject: string;
  readonly because: string;
  readonly fix: string;
  readonly pointer: Pointer;
}

/** Gaps for what is missing, and the services as they are known: one of which nothing is there is unknown, not absent. */
export function accountForMissing(
  spec: Spec,
  services: readonly Service[],
  runs: Runs,
  { environment, specPath, place }: { readonly environment: string; readonly specPath: string; readonly place: Place },
): { readonly services: readonly Service[]; readonly gaps: readonly Gap[] } {
  const missing = missingIn(spec, services, runs, environment);
  const originOf = ({ pointer }: Missing) => ({ path: specPath, document: 0, pointer });
  const bySubject = Map.groupBy(missing, ({ subject }) => subject);
  return {
    services: services.map((service) => {
      const [one] = bySubject.get(`service/${service.name}`) ?? [];
      if (one === undefined || service.workloads.length > 0 || service.unknown !== undefined) return service;
      return { ...service, unknown: { because: one.because, origin: originOf(one), ends: isJob(service.spec) } };
    }),
    gaps: missing.map((one) => ({
      ...place(originOf(one)),
      subject: one.subject,
      reason: one.because,
      fix: one.fix,
      hides: ['kubernetes'],
    })),
  };
}

function missingIn(spec: Spec, services: readonly Service[], runs: Runs, environment: string): Missing[] {
  const there = new Map(services.map((service) => [service.name, service]));
  const anything = runs.workloads.length + runs.strangers.length > 0;
  const operated = runs.objects.filter(({ kind }) => kind === 'Prometheus' || kind === 'Alertmanager');
  const lending = runs.workloads.flatMap(({ lender }) => lender ?? []);
  const known = Map.groupBy([...runs.workloads, ...lending, ...runs.strangers, ...operated], nameKey);
  const holds = (reference: WorkloadRef): boolean =>
    (known.get(nameKey(reference)) ?? []).some((one) =>
      refersTo(reference, { ...one, namespace: one.namespace ?? 'default' }),
    );
  const meant = guesser(runs);
  const referenced = (kind: 'service' | 'store', declared: ServiceSpec | StoreSpec, index: number): Missing[] =>
    (declared.workloads ?? []).flatMap((reference, at) =>
      holds(reference)
        ? []
        : {
            subject: `${kind}/${declared.name}`,
            because: `${kind} ${declared.name} names ${titleOf(reference)}${meant(reference)}, and nothing that deploys to ${environment} holds it`,
            fix: `Correct the workloads of ${kind} ${declared.name} in launchgate.yaml.`,
            pointer: [`${kind}s`, index, 'workloads', at],
          },
    );
  const unnamed = (declared: ServiceSpec, index: number): Missing[] => {
    const service = there.get(declared.name);
    const runsHere = service !== undefined && (service.workloads.length > 0 || service.unknown !== undefined);
    if (declared.workloads !== undefined || runsHere || !anything || ELSEWHERE.includes(declared.kind)) return [];
    return [
      {
        subject: `service/${declared.name}`,
        because: `nothing that deploys to ${environment} runs service ${declared.name}: no workload has its name or its app.kubernetes.io/name${meant(declared)}`,
        fix: `List the workloads of service ${declared.name} in launchgate.yaml; an empty list says that none of them is here.`,
        pointer: ['services', index],
      },
    ];
  };
  return [
    ...spec.services.flatMap((declared, index) => [
      ...referenced('service', declared, index),
      ...unnamed(declared, index),
    ]),
    ...spec.stores.flatMap((declared, index) => referenced('store', declared, index)),
  ];
}

/** Answers ` (did you mean Deployment shop/api?)`: what has the name under another kind or namespace, else the nearest name. */
function guesser({ workloads, strangers }: Runs): (wanted: { name: string; kind?: string | undefined }) => string {
  const byName = Map.groupBy([...workloads, ...strangers], ({ name }) => name);
  let guesses = 0;
  const near = (name: string): string | undefined => {
    guesses += 1;
    return guesses > MOST_GUESSES ? undefined : nearest(name, byName.keys());
  };
  return ({ name, kind }) => {
    const called = byName.get(name) ?? byName.get(near(name) ?? '') ?? [];
    const one = called.find((candidate) => candidate.kind === kind) ?? called[0];
    return one === undefined ? '' : ` (did you mean ${titleOf(one)}?)`;
  };
}

function nameKey({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

function isJob({ kind, workloads = [] }: ServiceSpec): boolean {
  return (
    kind === 'job' || (workloads.length > 0 && workloads.every((one) => one.kind === 'Job' || one.kind === 'CronJob'))
  );
}
