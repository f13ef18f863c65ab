import type { Matcher, MatchOperator, Placeholder, Selector } from './ast.ts';
import { Refused, stringValue, variableIn, type Source } from './source.ts';
import { anchored, refusal } from './regex.ts';
import { child, type Node } from './tree.ts';

/** A vector selector; a variable that is all of it may stand for anything, so it becomes a placeholder. */
export function selector(node: Node, source: Source): Selector | Placeholder {
  const { from, to } = node;
  const identifier = child(node, 'Identifier');
  const braces = child(node, 'LabelMatchers');
  if (identifier !== undefined && braces === undefined) {
    const variable = variableIn(source, identifier);
    if (variable?.from === from && variable.to === to) return { kind: 'placeholder', name: variable.name, from, to };
  }
  const inner = braces?.children ?? [];
  const quoted = inner.filter((part) => part.name === 'QuotedLabelName');
  const names = quoted.filter((part) => variableIn(source, part) === undefined || isString(part, source));
  const name = nameOf(identifier, names, source);
  const matchers = inner.flatMap((part) => (part.name === 'QuotedLabelName' ? [] : [matcher(part, source)]));
  const result: Selector = {
    kind: 'selector',
    ...(name === undefined ? {} : { name }),
    templatedName: [identifier, ...names].some((part) => part !== undefined && variableIn(source, part) !== undefined),
    matchers,
    open: quoted.length > names.length,
    from,
    to,
  };
  refuse(result);
  return result;
}

/** A matcher `__name__="x"` says the same as the name before the braces. */
function nameOf(identifier: Node | undefined, quoted: readonly Node[], source: Source): string | undefined {
  const names = [
    ...(identifier === undefined ? [] : [source.text.slice(identifier.from, identifier.to)]),
    ...quoted.map((part) => stringValue(part.children[0] ?? part, source).value),
  ];
  if (names.length > 1 && quoted[0] !== undefined)
    throw new Refused('the name of the metric is given twice', quoted[0]);
  return names[0];
}

/** A quoted name that its author wrote, rather than the stand-in for a variable. */
function isString(part: Node, { text }: Source): boolean {
  return /^["'`]/.test(text.charAt(part.from));
}

function matcher(node: Node, source: Source): Matcher {
  const read = readMatcher(node, source);
  const because = read.op.endsWith('~') && !read.templated ? refusal(read.value) : undefined;
  if (because !== undefined) throw new Refused(`${read.value} is not a regular expression: ${because}`, node);
  return read;
}

function readMatcher(node: Node, source: Source): Matcher {
  const { from, to } = node;
  const [label, op, value] = node.children;
  if (label === undefined || op === undefined || value === undefined)
    throw new Refused('a matcher is not complete', node);
  return {
    label:
      label.name === 'QuotedLabelName'
        ? stringValue(label.children[0] ?? label, source).value
        : source.text.slice(label.from, label.to),
    op: source.text.slice(op.from, op.to) as MatchOperator,
    value: stringValue(value, source).value,
    templated: variableIn(source, node) !== undefined,
    from,
    to,
  };
}

/** What Prometheus refuses in a selector (`promql/parser/parse.go`: `checkAST`, `VectorSelector`). */
function refuse(found: Selector): void {
  const names = found.matchers.filter(({ label }) => label === '__name__');
  const [second] = names;
  if (found.name !== undefined && second !== undefined)
    throw new Refused('the name of the metric is given twice', second);
  if (found.name === undefined && !found.open && found.matchers.every(matchesEmpty))
    throw new Refused('a selector needs a name or one matcher that an empty label does not satisfy', found);
}

/** Whether a series without the label satisfies the matcher. */
export function matchesEmpty({ op, value, templated }: Matcher): boolean {
  if (templated) return false;
  switch (op) {
    case '=':
      return value === '';
    case '!=':
      return value !== '';
    case '=~':
      return anchored(value)?.test('') ?? false;
    case '!~':
      return !(anchored(value)?.test('') ?? true);
  }
}

/** The labels of a list in parentheses. */
export function groupingLabels(
  list: Node | undefined,
  source: Source,
): { readonly labels: readonly string[]; readonly templated: boolean } {
  if (list === undefined) return { labels: [], templated: false };
  const labels = list.children.map((part) =>
    part.name === 'QuotedLabelName'
      ? stringValue(part.children[0] ?? part, source).value
      : source.text.slice(part.from, part.to),
  );
  return { labels, templated: variableIn(source, list) !== undefined };
}
