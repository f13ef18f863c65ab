import { basename } from 'node:path';
import type { KubeObject, Workload } from '../../model/kube.ts';
import type { Deployable } from '../../model/platform.ts';
import { specSchema, type Spec } from '../../model/spec.ts';
import { foundEnvironments, type ChosenEnvironment } from '../discover/choose.ts';
import { LONG_RUNNING_KINDS } from '../../model/kube.ts';
import { findStores } from './stores.ts';
import { uniqueNames } from './services.ts';

/** What a spec takes for a name. */
export const NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/** A spec that says no more than what was found: services, stores and environments, without owners, objectives or people. */
export function provisionalSpec(
  root: string,
  deployables: readonly Deployable[],
  chosen: ChosenEnvironment,
  workloads: readonly Workload[],
  objects: readonly KubeObject[],
): Spec {
  const running = workloads.filter(({ kind, name }) => LONG_RUNNING_KINDS.includes(kind) && NAME.test(name));
  const names = uniqueNames(running, new Set()).filter(([name]) => NAME.test(name));
  const found = foundEnvironments(deployables);
  const environments = found.some(({ name }) => name === chosen.name) ? found : [chosen, ...found];
  const stores = findStores(workloads, objects).filter(({ name }) => NAME.test(name));
  return specSchema.parse({
    apiVersion: 'launchgate/v1',
    kind: 'Platform',
    name: platformName(root),
    environments: environments.map(({ name, kind }) => ({ name, kind })),
    services: names
      .filter(([, { kind }]) => !['ReplicaSet', 'ReplicationController', 'Pod'].includes(kind))
      .map(([name, workload]) => ({ name, workloads: [reference(workload)] })),
    stores: [...Map.groupBy(stores, ({ name }) => name)].map(([name, [store]]) => ({
      name,
      kind: store?.kind,
      ...(store?.workload === undefined || !['Deployment', 'StatefulSet', 'DaemonSet'].includes(store.workload.kind)
        ? {}
        : { workloads: [reference(store.workload)] }),
      // Its operator makes its pods: a workload of its name is what uses it.
      ...(store?.managed === undefined ? {} : { managed: store.managed, workloads: [] }),
    })),
  });
}

/** The name of the repository's folder, made to fit. */
export function platformName(root: string): string {
  const name = basename(root)
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return name === '' ? 'platform' : name;
}

function reference({ kind, namespace, name }: Workload): { kind: string; namespace: string; name: string } {
  return { kind, namespace, name };
}
