/** What an anchor marks is written once and stands in every place that has an alias of it: an edit there would change them all. */
import { isAlias, isNode, visit, type Alias, type Document, type Node } from 'yaml';
import type { Pointer } from '../../model/origin.ts';
import { refusal } from './refusal.ts';

/** Throws a LaunchgateError where an alias elsewhere in the document stands for what is changed at the pointer. */
export function demandNoAliases(document: Document, pointer: Pointer): void {
  const aliases = aliasesIn(document.contents);
  if (aliases.length === 0) return;
  const changed = nodeAt(document, pointer);
  const within = new Set<Node>(changed === undefined ? [] : aliasesIn(changed));
  const nodes = [...above(document, pointer), ...nodesIn(changed)];
  const named = aliases.find((alias) => !within.has(alias) && nodes.includes(alias.resolve(document) as Node));
  if (named !== undefined)
    throw refusal(
      `${pointer.join('.')} lies in what the anchor &${named.source} marks, and its aliases would change too`,
    );
}

function above(document: Document, pointer: Pointer): Node[] {
  return pointer.flatMap((_key, depth) => nodeAt(document, pointer.slice(0, depth)) ?? []);
}

function nodeAt(document: Document, pointer: Pointer): Node | undefined {
  const node = pointer.length === 0 ? document.contents : document.getIn(pointer, true);
  return isNode(node) ? node : undefined;
}

function nodesIn(top: Node | undefined): Node[] {
  const nodes: Node[] = [];
  if (top !== undefined) visit(top, { Node: (_key, node) => void nodes.push(node) });
  return nodes;
}

function aliasesIn(top: Node | null): Alias[] {
  return nodesIn(top ?? undefined).filter(isAlias);
}
