import type { PlatformView } from '../../../../model/platform.ts';

/** The labels of a namespace, with that of its name, which every namespace has. */
export function labelsOfNamespace(view: PlatformView, name: string): Readonly<Record<string, string>> {
  const found = view.objects('Namespace').find((object) => object.name === name);
  return { ...found?.labels, 'kubernetes.io/metadata.name': name };
}
