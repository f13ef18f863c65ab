/** NetworkSets and GlobalNetworkSets: blocks of addresses with labels, which selectors of rules select beside pods. */
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import { NAME_LABEL } from '../../classes.ts';
import { joined, type Addresses } from '../../addresses.ts';
import type { KnownLabels } from '../../match.ts';
import type { NamespaceInput } from '../../types.ts';
import { readOrRefuse } from '../refused.ts';
import { netAt } from './nets.ts';
import { holds, NO_NAMESPACE, type Alternatives } from './selectors.ts';

export interface NetworkSet {
  readonly id: string;
  /** Undefined for one of the whole cluster. */
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly addresses: Addresses;
  /** Names whose addresses are in it too, in the editions that know them. */
  readonly domains: readonly string[];
}

/** None where the object would be refused. */
export function readSet(object: KubeObject): NetworkSet[] {
  const read = readOrRefuse(() => {
    const spec = cursor(object).get('spec');
    return {
      addresses: joined(spec.get('nets').items().map(netAt)),
      domains: spec.get('allowedEgressDomains').strings(),
    };
  });
  if ('refused' in read) return [];
  const namespace = object.kind === 'NetworkSet' ? (object.namespace ?? 'default') : undefined;
  const id = `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${object.name}`;
  return [{ id, namespace, labels: object.labels, ...read.value }];
}

/** What the sets hold that a selector selects. `doubt`: why it may be less, though never less than what is `sure`. */
export interface Held {
  readonly addresses: Addresses;
  readonly sure: Addresses;
  readonly domains: readonly string[];
  readonly doubt?: string;
}

export function heldBy(
  alternatives: Alternatives,
  sets: readonly NetworkSet[],
  namespaces: readonly NamespaceInput[],
): Held {
  const selected = sets
    .map((set) => ({
      set,
      match: holds(alternatives, labelsOf(set.namespace, namespaces), { labels: set.labels, complete: true }),
    }))
    .filter(({ match }) => match > 0);
  const doubted = selected.find(({ match }) => match === 1)?.set;
  return {
    addresses: joined(selected.map(({ set }) => set.addresses)),
    sure: joined(selected.filter(({ match }) => match === 2).map(({ set }) => set.addresses)),
    domains: selected.flatMap(({ set }) => set.domains),
    ...(doubted !== undefined && {
      doubt: `whether it selects ${doubted.id} hangs on labels of Namespace ${doubted.namespace}, which no manifest says`,
    }),
  };
}

function labelsOf(namespace: string | undefined, namespaces: readonly NamespaceInput[]): KnownLabels {
  if (namespace === undefined) return NO_NAMESPACE;
  const known = namespaces.find(({ name }) => name === namespace);
  return { labels: { ...known?.labels, [NAME_LABEL]: namespace }, complete: known !== undefined };
}
