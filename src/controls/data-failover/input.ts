import type { Query, Subject } from '../../model/control.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { workloadsOfStore } from '../../model/subjects.ts';
import { configurationsOf, resourcesOfStore } from '../../proofs/topology/index.ts';
import { workloadFact } from './clustered.ts';
import type { Failover, FailoverFact } from './facts.ts';
import { managedFact, MANAGED_TYPES } from './managed.ts';
import { operatorFacts } from './operators.ts';

/** The stores of an environment that must not stop with one machine, and resources that no store of the spec is. */
export function productionStores(view: PlatformView): Subject[] {
  if (!['production', 'staging'].includes(view.environment.kind)) return [];
  const declared = judgedStores(view).map(({ name }) => name);
  return [...declared, ...unclaimed(view).map(({ id }) => id)].map((name) => ({ kind: 'store', name }));
}

/** Configuration in git has no primary that could be lost. */
function judgedStores(view: PlatformView): StoreSpec[] {
  return view.spec.stores.filter(({ kind }) => kind !== 'config');
}

const unclaimed = oncePerPlatform((view: PlatformView): readonly FailoverFact[] => {
  const configurations = configurationsOf(view);
  const claimed = new Set(
    view.spec.stores.flatMap((store) => resourcesOfStore(configurations, store).map(({ address }) => address)),
  );
  return configurations.flatMap((configuration) =>
    MANAGED_TYPES.flatMap((type) => configuration.of(type))
      .filter(({ address, mode }) => mode === 'managed' && !claimed.has(address))
      .flatMap((resource) => managedFact(resource, configuration) ?? []),
  );
});

export function failover(subject: Subject): Query<Failover> {
  return (view) => {
    const store = view.store(subject.name);
    if (store === undefined)
      return { name: subject.name, facts: unclaimed(view).filter(({ id }) => id === subject.name), managed: undefined };
    return { name: store.name, kind: store.kind, facts: factsOf(view, store, new Set()), managed: store.managed };
  };
}

/** A store that lies in another one, such as a database of a cluster, fails over with it. */
function factsOf(view: PlatformView, store: StoreSpec, seen: ReadonlySet<string>): FailoverFact[] {
  const configurations = configurationsOf(view);
  const own = [
    ...workloadsOfStore(view, store).flatMap((workload) => workloadFact(view, workload, store) ?? []),
    ...operatorFacts(view, store.name),
    ...configurations.flatMap((configuration) =>
      resourcesOfStore([configuration], store).flatMap((resource) => managedFact(resource, configuration) ?? []),
    ),
  ];
  if (own.length > 0) return own;
  const within = /\bstore ([\w-]+)/.exec(store.managed ?? '')?.[1];
  const outer = within === undefined || seen.has(within) ? undefined : view.store(within);
  return outer === undefined ? [] : factsOf(view, outer, new Set([...seen, store.name]));
}
