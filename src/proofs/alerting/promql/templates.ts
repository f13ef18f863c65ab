import type { Variable } from './ast.ts';

/** Whose variables may stand in an expression. A rule file knows none. */
export type Dialect = 'none' | 'templated';

export interface Substituted {
  /** Parses as PromQL and is as long as the original, so that every offset holds in both. */
  readonly text: string;
  /** The variables, in order of their place; those within string literals too. */
  readonly variables: readonly Variable[];
}

/**
 * Variables as Grafana (`$name`, `${name}`, `${name:format}`, `${name.field}`, `[[name]]`, `[[name:format]]`), Argo Rollouts (`{{args.name}}`)
 * and Flagger (`{{ target }}`) write them.
 */
const VARIABLE =
  /\$\{([A-Za-z_][\w.]*)(?::[\w-]+)?\}|\$([A-Za-z_]\w*)|\[\[(\w+)(?::\w+)?\]\]|\{\{-?\s*([^{}]{0,200}?)\s*-?\}\}/y;

/** Where a variable may open: a character that is looked at once. */
const OPENS = /[$[{"'`#]/g;

/**
 * Puts something of equal length and of the fitting sort in the place of each variable: a duration within `[…]` and after `offset`,
 * nothing but a quoted name where a whole matcher stands, an operator before parentheses, an identifier elsewhere. Within a string literal a variable stays as it is.
 */
export function substitute(original: string): Substituted {
  const variables: Variable[] = [];
  let text = '';
  let from = 0;
  for (let at = nextOpening(original, 0); at < original.length; at = nextOpening(original, at)) {
    const quote = original.charAt(at);
    if (quote === '#') {
      at = endOfLine(original, at);
      continue;
    }
    if (quote === '"' || quote === "'" || quote === '`') {
      const end = endOfString(original, at);
      variables.push(...within(original, at + 1, end - 1));
      at = end;
      continue;
    }
    const variable = variableAt(original, at);
    if (variable === undefined) {
      at += 1;
      continue;
    }
    variables.push(variable);
    text += original.slice(from, at);
    text += standIn(original, text, variable);
    from = at = variable.to;
  }
  return { text: text + original.slice(from), variables };
}

/** The variables in a stretch of text, such as the content of a string literal. */
function within(text: string, from: number, to: number): Variable[] {
  const found: Variable[] = [];
  for (let at = from; at < to; at += 1) {
    const variable = variableAt(text, at);
    if (variable === undefined || variable.to > to) continue;
    found.push(variable);
    at = variable.to - 1;
  }
  return found;
}

function nextOpening(text: string, from: number): number {
  OPENS.lastIndex = from;
  return OPENS.exec(text)?.index ?? text.length;
}

function variableAt(text: string, at: number): Variable | undefined {
  VARIABLE.lastIndex = at;
  const match = VARIABLE.exec(text);
  if (match === null) return undefined;
  const name = match[1] ?? match[2] ?? match[3] ?? match[4] ?? '';
  return { name, from: at, to: at + match[0].length };
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** The offset behind the closing quote; backquotes know no escapes. */
function endOfString(text: string, at: number): number {
  const quote = text[at];
  for (let index = at + 1; index < text.length; index += 1) {
    if (text[index] === '\\' && quote !== '`') index += 1;
    else if (text[index] === quote) return index + 1;
  }
  return text.length;
}

function standIn(original: string, before: string, { from, to }: Variable): string {
  const length = to - from;
  const previous = before.trimEnd();
  const following = original.slice(to).trimStart();
  const joins = /[\w:]$/.test(before) || /^[\w:$]/.test(original.slice(to));
  if (inBrackets(before)) return joins ? '1'.repeat(length) : '1m'.padStart(length, '0');
  if (/\boffset\s*-?$/i.test(previous)) return '1m'.padStart(length, '0');
  if (/[{,]$/.test(previous) && /^[,}]/.test(following) && inBraces(before)) return `"${'_'.repeat(length - 2)}"`;
  const called = joins ? undefined : operatorBefore(following, length);
  return called ?? '_'.repeat(length);
}

/** Something of its sort for a variable that is called: `$fn(x[5m])` is a function of a range, `$op(x)` and `$op by (a) (x)` aggregate. */
function operatorBefore(following: string, length: number): string | undefined {
  if (!/^(?:\(|(?:by|without)\s*\()/i.test(following)) return undefined;
  const operator = /^\([^()]*\]\s*\)/.test(following) ? 'rate' : 'sum';
  return operator.length > length ? undefined : operator.padEnd(length);
}

function inBrackets(before: string): boolean {
  return before.lastIndexOf('[') > before.lastIndexOf(']');
}

function inBraces(before: string): boolean {
  return before.lastIndexOf('{') > before.lastIndexOf('}');
}
