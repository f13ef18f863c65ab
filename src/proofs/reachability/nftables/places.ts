import { selects, type Selector } from '../../../model/selector.ts';
import { blockOf, joined, NO_ADDRESSES, rangesText, type Addresses } from '../addresses.ts';
import { overlap } from '../intervals.ts';
import type { PeerInput, PodsInput, ReachInput } from '../types.ts';

/** A pod with its own addresses, of either family. */
export interface PlacedPod {
  /** As in the input: `shop/api[Deployment]`. */
  readonly id: string;
  readonly addresses: readonly string[];
}

/** Which addresses selectors and peers mean. */
export class Places {
  readonly unsupported: string[] = [];
  readonly #pods: readonly { readonly pod: PodsInput; readonly addresses: Addresses }[];
  readonly #namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;

  constructor(input: ReachInput, placed: readonly PlacedPod[]) {
    this.#pods = input.pods.flatMap((pod) => {
      const found = placed.find(({ id }) => id === pod.id);
      return found === undefined ? [] : [{ pod, addresses: setOf(found.addresses) }];
    });
    this.#namespaces = new Map(input.namespaces.map(({ name, labels }) => [name, labels]));
  }

  selectsPod(namespaces: Selector, pods: Selector | undefined, pod: PodsInput): boolean {
    const labels = { ...this.#namespaces.get(pod.namespace), 'kubernetes.io/metadata.name': pod.namespace };
    return selects(namespaces, labels) && (pods === undefined || selects(pods, pod.labels));
  }

  /** The pods and addresses that peers mean, seen from a namespace; no peers at all are everybody. */
  peers(
    peers: readonly PeerInput[] | undefined,
    namespace: string,
  ): { pods: readonly PodsInput[]; addresses: Addresses | undefined } {
    if (peers === undefined) return { pods: this.#pods.map(({ pod }) => pod), addresses: undefined };
    const sets = peers.map((peer) => this.addressesOf(peer, namespace));
    const addresses = joined(sets);
    return { pods: this.#pods.filter((one) => overlap(one.addresses, addresses)).map(({ pod }) => pod), addresses };
  }

  of(pod: PodsInput): Addresses {
    return this.#pods.find((one) => one.pod === pod)?.addresses ?? NO_ADDRESSES;
  }

  private addressesOf(peer: PeerInput, namespace: string): Addresses {
    switch (peer.kind) {
      case 'addresses':
        return peer.addresses;
      case 'pods': {
        const own: Selector = { matchLabels: { 'kubernetes.io/metadata.name': namespace }, matchExpressions: [] };
        const chosen = this.#pods.filter(({ pod }) => this.selectsPod(peer.namespaces ?? own, peer.pods, pod));
        return joined(chosen.map(({ addresses }) => addresses));
      }
      default:
        this.unsupported.push(`peers that are ${peer.kind}`);
        return NO_ADDRESSES;
    }
  }
}

function setOf(addresses: readonly string[]): Addresses {
  return joined(addresses.flatMap((address) => [blockOf(address) ?? []]));
}

/** A set of addresses as nftables writes it, by family: single addresses and ranges. */
export function elements(set: Addresses): { readonly family: 'ip' | 'ip6'; readonly elements: readonly string[] }[] {
  const texts = rangesText(set).map((range) => {
    const [from = '', to = ''] = range.split('-');
    return from === to ? from : range;
  });
  return (['ip', 'ip6'] as const).flatMap((family) => {
    const own = texts.filter((text) => text.includes(':') === (family === 'ip6'));
    return own.length === 0 ? [] : [{ family, elements: own }];
  });
}
