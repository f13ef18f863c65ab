import type { Selector } from '../../model/selector.ts';
import { append, labelKey, NAME_LABEL, type Classes, type Namespace, type PodClass } from './classes.ts';
import type { Peers } from './compile.ts';
import { both, isEverything, matches, type Match } from './match.ts';

type PodsPeer = Peers['pods'][number];

/** Finds the classes that a peer's selectors select, by their labels. */
export class SelectedClasses {
  readonly #classes: Classes;
  readonly #namespaces: readonly Namespace[];
  /** Namespaces with pods, by `key=value` of their labels; those of which not all labels are known are apart. */
  readonly #byLabel = new Map<string, Namespace[]>();
  readonly #partlyKnown: Namespace[] = [];
  readonly #keys = new WeakMap<Selector, string>();

  constructor(classes: Classes) {
    this.#classes = classes;
    this.#namespaces = [...classes.byNamespace.values()].flatMap(([first]) => first?.namespace ?? []);
    for (const namespace of this.#namespaces) {
      if (!namespace.complete) this.#partlyKnown.push(namespace);
      for (const key in namespace.labels) append(this.#byLabel, `${key}=${namespace.labels[key]}`, namespace);
    }
  }

  /** Equal for peers that select the same. */
  key({ namespaces, pods }: PodsPeer, own: string): string {
    return `${namespaces === undefined ? own : this.#textOf(namespaces)}|${pods === undefined ? '' : this.#textOf(pods)}`;
  }

  /** Index of each class that the peer selects, surely (2) or perhaps (1). */
  *of({ namespaces, pods }: PodsPeer, own: string): Generator<[index: number, match: Match]> {
    for (const namespace of this.#candidates(namespaces, own)) {
      const within: Match = namespaces === undefined ? 2 : matches(namespaces, namespace);
      if (within === 0) continue;
      for (const one of this.#podCandidates(namespace.name, pods)) {
        const match = both(within, matches(pods, one.labels));
        if (match > 0) yield [one.index, match];
      }
    }
  }

  #candidates(selector: Selector | undefined, own: string): readonly Namespace[] {
    if (selector === undefined) return this.#namespaces.length === 0 ? [] : this.#named(own);
    const [label] = Object.entries(selector.matchLabels);
    if (label === undefined) return this.#namespaces;
    const [key, value] = label;
    const sure = this.#byLabel.get(`${key}=${value}`) ?? [];
    if (key === NAME_LABEL) return sure;
    return [...sure, ...this.#partlyKnown.filter((namespace) => !Object.hasOwn(namespace.labels, key))];
  }

  #named(name: string): readonly Namespace[] {
    const namespace = this.#classes.byNamespace.get(name)?.[0]?.namespace;
    return namespace === undefined ? [] : [namespace];
  }

  #podCandidates(namespace: string, selector: Selector | undefined): readonly PodClass[] {
    const all = this.#classes.byNamespace.get(namespace) ?? [];
    if (selector === undefined || isEverything(selector)) return all;
    let fewest = all;
    for (const key in selector.matchLabels) {
      const carriers = this.#classes.byLabel.get(labelKey(namespace, key, selector.matchLabels[key] ?? '')) ?? [];
      if (carriers.length < fewest.length) fewest = carriers;
    }
    const partly = this.#classes.partlyKnown.get(namespace);
    // Under the label of the index are those that surely have it; they may be among these as well.
    return partly === undefined || fewest === all ? fewest : [...new Set([...fewest, ...partly])];
  }

  #textOf(selector: Selector): string {
    let text = this.#keys.get(selector);
    if (text === undefined) {
      text = JSON.stringify([Object.entries(selector.matchLabels).sort(), selector.matchExpressions]);
      this.#keys.set(selector, text);
    }
    return text;
  }
}
