import type { Query, Subject } from '../../model/control.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { workloadsOfStore } from '../../model/subjects.ts';
import type { Configuration, Resource } from '../../proofs/topology/evaluate/index.ts';
import { configurationsOf, resourcesOfStore, titleOf, unreadModuleOfStore } from '../../proofs/topology/index.ts';
import { workloadFact } from './clustered.ts';
import type { Failover, FailoverFact } from './facts.ts';
import { managedFact, MANAGED_TYPES } from './managed.ts';
import { moduleFact } from './modules.ts';
import { operatorFacts } from './operators.ts';
import { otherTypesOf } from './other-clouds.ts';

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
  const claimed = new Set(view.spec.stores.flatMap((store) => managedOf(configurations, store)));
  const inModules = new Set(view.spec.stores.flatMap((store) => unreadModuleOfStore(configurations, store) ?? []));
  const found = configurations.flatMap((root) =>
    MANAGED_TYPES.flatMap((type) => root.of(type))
      .filter((resource) => resource.mode === 'managed' && !claimed.has(resource))
      .flatMap((resource) => titled(view, root, resource, managedFact(resource, root))),
  );
  const ofModules = configurations.flatMap((root) =>
    root.unread.filter((call) => !inModules.has(call)).flatMap((call) => titled(view, root, call, moduleFact(call))),
  );
  return [...found, ...ofModules];
});

function titled(
  view: PlatformView,
  root: Configuration,
  of: Pick<Resource, 'address'>,
  fact: FailoverFact | undefined,
): FailoverFact[] {
  return fact === undefined ? [] : [{ ...fact, id: titleOf(view, root, of) }];
}

/** Resources of another cloud are asked for where AWS has none of the store. */
function managedOf(configurations: readonly Configuration[], store: StoreSpec): Resource[] {
  const own = resourcesOfStore(configurations, store);
  return own.length > 0 ? own : resourcesOfStore(configurations, store, otherTypesOf(store.kind));
}

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
      managedOf([configuration], store).flatMap((resource) => managedFact(resource, configuration) ?? []),
    ),
  ];
  if (own.length > 0) return own;
  const within = /\bstore ([\w-]+)/.exec(store.managed ?? '')?.[1];
  const outer = within === undefined || seen.has(within) ? undefined : view.store(within);
  return outer === undefined ? [] : factsOf(view, outer, new Set([...seen, store.name]));
}
