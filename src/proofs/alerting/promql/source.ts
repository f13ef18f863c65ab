import type { Span, Variable } from './ast.ts';
import { unquoted } from './strings.ts';
import type { Node } from './tree.ts';

/** The text as written, and the variables in it that something of equal length stood in for. */
export interface Source {
  readonly text: string;
  readonly variables: readonly Variable[];
}

/** Something the grammar lets through and Prometheus does not. */
export class Refused extends Error {
  readonly span: Span;

  constructor(message: string, { from, to }: Span) {
    super(message);
    this.span = { from, to };
  }
}

/** The variable that is all of a stretch of text, or a part of it. */
export function variableIn({ variables }: Source, { from, to }: Span): Variable | undefined {
  return variables.find((variable) => variable.from < to && variable.to > from);
}

/** The value of a string literal. Refuses what is not closed, and escapes that Go does not know. */
export function stringValue(node: Node, source: Source): { readonly value: string; readonly templated: boolean } {
  const value = unquoted(source.text.slice(node.from, node.to));
  if (value === undefined)
    throw new Refused('the string is not closed, or holds an escape that Prometheus does not know', node);
  return { value, templated: variableIn(source, node) !== undefined };
}
