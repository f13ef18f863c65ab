/** Whether the two sides of a binary operator can ever match: the labels that come out on either side decide. */
import type { Binary, Matching } from './ast.ts';
import type { Knowledge } from './knowledge.ts';
import { carries, labelsOf, type Labels } from './labels.ts';
import { typeOf } from './types.ts';

/** Why no series of the one side ever meets one of the other; `undefined` where some may. */
export function neverMeet({ op, lhs, rhs, matching, fill }: Binary, { scraped }: Knowledge = {}): string | undefined {
  if (op === 'or' || op === 'unless' || fill !== undefined || matching?.templated === true) return undefined;
  if (typeOf(lhs) !== 'vector' || typeOf(rhs) !== 'vector') return undefined;
  const [left, right] = [labelsOf(lhs, undefined, scraped), labelsOf(rhs, undefined, scraped)];
  const compared =
    matching?.mode === 'on'
      ? matching.labels
      : [...new Set([...left.certain, ...right.certain])].filter(
          (label) => !(matching?.labels.includes(label) ?? false),
        );
  for (const label of compared) {
    const [one, other] = [left.fixed.get(label), right.fixed.get(label)];
    if (one !== undefined && other !== undefined && one !== other)
      return `the two sides of ${op} never meet: ${label} is ${JSON.stringify(one)} on the left and ${JSON.stringify(other)} on the right`;
    const [onLeft, onRight] = [carries(left, label), carries(right, label)];
    if (onLeft === 'always' && onRight === 'never')
      return `the two sides of ${op} never meet: ${label} is always set on the left and never on the right`;
    if (onLeft === 'never' && onRight === 'always')
      return `the two sides of ${op} never meet: ${label} is never set on the left and always on the right`;
  }
  return undefined;
}

/** A label whose value on the one side is never that on the other, though the matching compares it; `undefined` where there is none. */
export function obstacle(left: Labels, right: Labels, matching: Matching | undefined): string | undefined {
  if (matching?.templated === true) return undefined;
  const compared = (label: string): boolean =>
    matching === undefined || matching.labels.includes(label) === (matching.mode === 'on');
  return [...new Set([...left.fixed.keys(), ...right.fixed.keys()])].filter(compared).find((label) => {
    const [one, other] = [valueOf(left, label), valueOf(right, label)];
    return one !== undefined && other !== undefined && one !== other;
  });
}

/** The value of a label on every series, empty where none has it; `undefined` where that is open. */
export function valueOf(labels: Labels, label: string): string | undefined {
  return labels.fixed.get(label) ?? (carries(labels, label) === 'never' ? '' : undefined);
}
