import type { Query, Subject } from '../../model/control.ts';
import { cursor, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { workloadsOfStore } from '../../model/subjects.ts';
import { azureAccounts } from './azure-accounts.ts';
import { buckets } from './buckets.ts';
import { databases } from './databases.ts';
import type { Fact, Holder } from './facts.ts';
import { googleBuckets } from './google-buckets.ts';
import { unreadHolders } from './modules.ts';
import { queues } from './queues.ts';
import { storageClasses, type StorageClass } from './storage-classes.ts';

/** What Terraform keeps data in, storage classes, and the stores of the spec that ask for volumes. */
const holders = oncePerPlatform((view: PlatformView): readonly Holder[] => {
  const classes = storageClasses(view);
  const ofClasses = classes.map(({ name, fact }) => ({ id: `StorageClass ${name}`, facts: [fact] }));
  const ofBuckets = [...buckets(view), ...googleBuckets(view), ...azureAccounts(view)];
  return [
    ...databases(view),
    ...queues(view),
    ...ofBuckets,
    ...unreadHolders(view),
    ...ofClasses,
    ...stores(view, classes),
  ];
});

export function dataHolders(view: PlatformView): Subject[] {
  return [...new Set(holders(view).map(({ id }) => id))].map((name) => ({ kind: 'store', name }));
}

export function encryption(subject: Subject): Query<Holder> {
  return (view) => ({
    id: subject.name,
    facts: holders(view)
      .filter(({ id }) => id === subject.name)
      .flatMap(({ facts }) => facts),
  });
}

function stores(view: PlatformView, classes: readonly StorageClass[]): Holder[] {
  if (view.provisional) return [];
  return view.spec.stores.flatMap((store) => {
    const facts = workloadsOfStore(view, store).flatMap((workload) => volumeFacts(workload, classes));
    return facts.length === 0 ? [] : [{ id: store.name, facts }];
  });
}

function volumeFacts(workload: Workload, classes: readonly StorageClass[]): Fact[] {
  const claims = cursor(workload.object).get('spec', 'volumeClaimTemplates').items();
  return claims.map((claim): Fact => {
    const at = claim.get('spec', 'storageClassName');
    const name = at.string();
    const volume = `volume ${claim.get('metadata', 'name').string() ?? ''} of ${workload.kind} ${workload.namespace}/${workload.name}`;
    const found = classes.find((candidate) => candidate.name === name);
    if (found === undefined)
      return {
        question: 'encrypted',
        answer: 'unknown',
        because: `${volume} is of ${name === undefined ? 'the default StorageClass' : `StorageClass ${name}`}, which is not described here`,
        origin: name === undefined ? claim.origin : at.origin,
      };
    return { ...found.fact, because: `${volume}: ${found.fact.because}`, origin: at.origin };
  });
}
