import { parser } from '@prometheus-io/lezer-promql';
import { oncePerText } from '../../../model/once.ts';
import type { Expr, Span, Variable } from './ast.ts';
import { convert } from './convert.ts';
import { describe } from './describe-error.ts';
import { substitute, type Dialect } from './templates.ts';
import { readTree } from './tree.ts';
import { typeErrors } from './types.ts';

/** What is wrong with an expression, and where in its text. */
export interface PromqlError extends Span {
  readonly message: string;
  /** `syntax`: the grammar; `type`: an expression that Prometheus parses and then refuses. */
  readonly sort: 'syntax' | 'type';
}

export type Parsed =
  | { readonly ok: true; readonly text: string; readonly expr: Expr; readonly variables: readonly Variable[] }
  | { readonly ok: false; readonly text: string; readonly error: PromqlError; readonly variables: readonly Variable[] };

/** Longer expressions are refused: nobody writes them, and the parser's stack is bounded. */
const MAX_LENGTH = 32_768;
const MAX_DEPTH = 400;

/**
 * What Prometheus takes and the grammar does not: `holt_winters` of old releases, and numbers such as `1.`. Something of equal length
 * takes its place for the grammar's eyes; names and values are read from the text as written.
 */
const FOREIGN =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`|#[^\n]*|\bholt_winters(?=\s*\()|(?<![\w.])\d+\.(?![\w.])/g;

function forGrammar(text: string): string {
  if (!/holt_winters|\d\.(?!\d)/.test(text)) return text;
  return text.replaceAll(FOREIGN, (found) => {
    if (found === 'holt_winters') return 'deriv'.padEnd(found.length);
    return /^\d/.test(found) ? found.replace('.', '0') : found;
  });
}

/**
 * Parses an expression and checks its types, as Prometheus does before it loads a rule
 * (`promql/parser/parse.go`: `ParseExpr`, `checkAST`). Never throws; the error is the first in the text.
 */
export function parse(text: string, dialect: Dialect = 'none'): Parsed {
  return PARSERS[dialect](text);
}

/** Rules are read by several controls, each of which asks for the same texts. */
const PARSERS: Readonly<Record<Dialect, (text: string) => Parsed>> = {
  none: oncePerText((text) => parseAs(text, 'none')),
  templated: oncePerText((text) => parseAs(text, 'templated')),
};

function parseAs(text: string, dialect: Dialect): Parsed {
  const { text: plain, variables } = dialect === 'none' ? { text, variables: [] } : substitute(text);
  const failed = (error: PromqlError): Parsed => ({ ok: false, text, error, variables });
  if (text.length > MAX_LENGTH || depth(plain) > MAX_DEPTH)
    return failed({
      message: 'the expression is too long or too deeply nested',
      sort: 'syntax',
      from: 0,
      to: text.length,
    });
  const tree = readTree(parser.parse(forGrammar(plain)));
  if ('error' in tree) return failed({ ...describe(plain, tree.error.from, tree.error.to), sort: 'syntax' });
  const converted = convert(tree.top, { text, variables });
  if (!converted.ok) return failed({ ...converted.error, sort: 'syntax' });
  const [type] = typeErrors(converted.expr);
  if (type !== undefined) return failed({ ...type, sort: 'type' });
  return { ok: true, text, expr: converted.expr, variables };
}

/** One-based line and column of an offset within the text of an expression. */
export function position(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function depth(text: string): number {
  let open = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '(') open += 1;
    else if (character === ')') open -= 1;
    if (open > deepest) deepest = open;
  }
  return deepest;
}
