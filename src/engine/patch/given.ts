/**
 * What an overlay gives to what it renders: a namespace, and labels that it writes into every selector. A patch for the base is rendered
 * too and is given the same, so it must not hold them: other overlays of that base give others.
 */
import { isMapping } from '../../model/cursor.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { Sources } from './owners.ts';

export type Labels = Readonly<Record<string, string>>;

/** The labels in the selector of a rendered workload that a kustomization adds on the way. */
export function givenLabels({ owner, rendered }: Pick<Sources, 'owner' | 'rendered'>, origin: Origin): Labels {
  if (origin.rendered === undefined) return {};
  const selector = below({ ...origin, pointer: [] }, 'spec', 'selector', 'matchLabels');
  const labels = rendered(selector);
  if (!isMapping(labels)) return {};
  const given = Object.entries(labels).filter(([name]) => isLabelField(owner(below(selector, name))));
  return Object.fromEntries(given) as Labels;
}

/** `labels` and `commonLabels` of a kustomization. */
function isLabelField({ pointer = [] }: Origin): boolean {
  return pointer[0] === 'commonLabels' || (pointer[0] === 'labels' && pointer[2] === 'pairs');
}

/** The value with none of the given labels in its selectors. */
export function withoutLabels(value: unknown, given: Labels): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutLabels(item, given));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'matchLabels' && isMapping(inner)
        ? Object.fromEntries(Object.entries(inner).filter(([name, label]) => given[name] !== label))
        : withoutLabels(inner, given),
    ]),
  );
}
