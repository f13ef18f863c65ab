import type { Tree } from '@lezer/common';
import type { Span } from './ast.ts';

/** A node of the grammar's tree, comments left out. */
export interface Node extends Span {
  readonly name: string;
  /** It is an expression by itself. */
  readonly isExpr: boolean;
  readonly children: readonly Node[];
}

/** The tree as plain nodes, read in one pass; or the place of its first error. */
export function readTree(tree: Tree): { readonly top: Node } | { readonly error: Span } {
  const cursor = tree.cursor();
  const open: (Node & { readonly children: Node[] })[] = [];
  for (;;) {
    const { type, name, from, to } = cursor;
    if (type.isError) return { error: { from, to } };
    const node = { name, from, to, isExpr: type.is('Expr'), children: [] };
    if (name !== 'LineComment') open.at(-1)?.children.push(node);
    if (cursor.firstChild()) {
      open.push(node);
      continue;
    }
    while (!cursor.nextSibling()) {
      if (!cursor.parent()) return { top: open[0] ?? node };
      if (open.length > 1) open.pop();
    }
  }
}

/** The first child of a name. */
export function child(node: Node, name: string): Node | undefined {
  return node.children.find((each) => each.name === name);
}

export function exprs(node: Node): readonly Node[] {
  return node.children.filter(({ isExpr }) => isExpr);
}
