import type { Selector, SelectorExpression } from '../../../../model/selector.ts';
import { EVERYTHING } from '../../match.ts';
import type { PeerInput } from '../../types.ts';

const OPPOSITE: Readonly<Record<string, string>> = {
  In: 'NotIn',
  NotIn: 'In',
  Exists: 'DoesNotExist',
  DoesNotExist: 'Exists',
};

/** All pods but those of the peer: those that miss any one thing it asks for. */
export function negated(peer: PeerInput): PeerInput[] {
  if (peer.kind !== 'pods') return [];
  const missing = (selector: Selector | undefined): Selector[] =>
    termsOf(selector ?? EVERYTHING).map(({ key, operator, values }) => ({
      matchLabels: {},
      matchExpressions: [{ key, operator: OPPOSITE[operator] ?? operator, values }],
    }));
  return [
    ...missing(peer.namespaces).map((namespaces): PeerInput => ({ kind: 'pods', namespaces })),
    ...missing(peer.pods).map((pods): PeerInput => ({ kind: 'pods', namespaces: EVERYTHING, pods })),
  ];
}

function termsOf({ matchLabels, matchExpressions }: Selector): SelectorExpression[] {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In', values: [value] })),
    ...matchExpressions,
  ];
}
