import type { KubeObject } from '../../model/kube.ts';
import type { At } from '../../model/origin.ts';

export function title(object: KubeObject): string {
  return `${object.kind} ${object.namespace ?? 'default'}/${object.name}`;
}

export function optional<K extends string, T>(key: K, at: At<T | undefined>): { readonly [P in K]?: At<T> } {
  return at.value === undefined ? {} : ({ [key]: at } as { readonly [P in K]?: At<T> });
}
