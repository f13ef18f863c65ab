import { cursor } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { accountObject } from './accounts.ts';

/** Annotations of a service account that make it somebody in a cloud. */
const ANNOTATIONS = [
  'eks.amazonaws.com/role-arn',
  'iam.gke.io/gcp-service-account',
  'azure.workload.identity/client-id',
] as const;

/** The cloud identities that an account may take on. */
export function cloudIdentities(view: PlatformView, account: string): At<string>[] {
  const object = accountObject(view, account);
  if (object === undefined) return [];
  const annotations = cursor(object).get('metadata', 'annotations');
  return ANNOTATIONS.flatMap((key) => {
    const at = annotations.get(key);
    const value = at.string();
    return value === undefined || value === '' ? [] : [at.at(value)];
  });
}

/** Every account that may take on a cloud identity. */
export function holdersOf(view: PlatformView, identity: string): readonly string[] {
  return holders(view).get(identity) ?? [];
}

const holders = oncePerPlatform((view: PlatformView): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const object of view.objects('ServiceAccount')) {
    const account = `${object.namespace ?? 'default'}/${object.name}`;
    for (const { value } of cloudIdentities(view, account)) found.set(value, [...(found.get(value) ?? []), account]);
  }
  return found;
});
