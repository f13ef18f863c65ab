import type { KubeObject } from '../../../model/kube.ts';

/** The names of an annotation that lists some, separated by commas. */
export function listed(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** `namespace/name`. */
export function placed({ namespace, name }: KubeObject): string {
  return `${namespace ?? 'default'}/${name}`;
}
