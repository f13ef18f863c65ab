import { windowName } from './numbers.ts';

/** A place where a window stands: `[5m]`, `[{{.window}}]`, `[$window]`; never within a string or a comment. */
const RANGE = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|\[\s*([^\]:]*?)\s*\]|\[[^\]]*\]/g;

/** An expression with {@link HOLE} where its window goes. */
export interface Windowed {
  readonly template: string;
}

/** Stands for the window: no character of PromQL. */
const HOLE = '\u0000';

export type WindowedOrReason = Windowed | { readonly reason: string };

const SELECTOR = String.raw`[a-zA-Z_:][\w:]*\s*(?:\{(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^"'{}])*\})?`;
const COUNTER = new RegExp(`^\\s*(${SELECTOR})\\s*$`);
const SUM_OF_COUNTER = new RegExp(
  `^\\s*sum\\s*((?:by|without)\\s*\\([^)]*\\))?\\s*\\(\\s*(${SELECTOR})\\s*\\)\\s*((?:by|without)\\s*\\([^)]*\\))?\\s*$`,
);

/**
 * Finds the window of an SLI expression. All its ranges must be the same, or a template: of two that differ, nobody can tell which is meant.
 * A bare counter, as OpenSLO has them, is taken as its rate, summed.
 */
export function windowed(text: string): WindowedOrReason {
  const parts: string[] = [];
  const seen = new Set<string>();
  let from = 0;
  for (const match of text.matchAll(RANGE)) {
    if (!match[0].startsWith('[')) continue;
    const range = match[1];
    if (range === undefined) return { reason: `${match[0]} is a subquery, whose window cannot be exchanged` };
    seen.add(isTemplate(range) ? 'template' : range);
    parts.push(text.slice(from, match.index + 1));
    from = match.index + match[0].length - 1;
  }
  if (seen.size > 1)
    return { reason: `it holds several ranges (${[...seen].join(', ')}), and one window is to be put in their place` };
  if (parts.length === 0) return ofCounter(text);
  return { template: [...parts, text.slice(from)].join(HOLE).trim() };
}

/** `[{{.window}}]` of Sloth, `[$window]`, `[${window}]`, `[$__rate_interval]`. */
function isTemplate(range: string): boolean {
  return /^(?:\{\{.*\}\}|\$\{?\w+\}?)$/.test(range);
}

function ofCounter(text: string): WindowedOrReason {
  const bare = COUNTER.exec(text)?.[1];
  if (bare !== undefined) return { template: `sum(rate(${bare}[${HOLE}]))` };
  const [, before, inner, after] = SUM_OF_COUNTER.exec(text) ?? [];
  if (inner === undefined) return { reason: 'it holds no range such as [5m], and is no plain counter either' };
  const grouping = before ?? after;
  return { template: `sum${grouping === undefined ? '' : ` ${grouping} `}(rate(${inner}[${HOLE}]))` };
}

/** Puts windows, in seconds, into a template or anything that is written around some. */
export function filler(template: string): (window: number) => string {
  const parts = template.split(HOLE);
  return (window) => parts.join(windowName(window));
}

/** The expression over a window, in seconds. */
export function over({ template }: Windowed, window: number): string {
  return filler(template)(window);
}

/** Characters that stand for themselves outside of strings, comments, ranges and parentheses. */
const TOKEN =
  /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|\b(?:and|or|unless)\b|[()[\]{}]|[-+]|[<>=!]=?|[^\s]/gi;

export interface Summand {
  readonly sign: '+' | '-';
  readonly text: string;
}

/** The terms of a sum, each of which may lack its series while the others have theirs; one term where it is no sum. */
export function summands(text: string): Summand[] {
  const whole: Summand[] = [{ sign: '+', text: text.trim() }];
  if (!/[-+]/.test(text)) return whole;
  const terms: Summand[] = [];
  let depth = 0;
  let from = 0;
  let sign: Summand['sign'] = '+';
  let previous = '';
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if ('([{'.includes(token)) depth += 1;
    if (')]}'.includes(token)) depth -= 1;
    if (depth === 0 && /^(?:and|or|unless|[<>=!]=?)$/i.test(token)) return whole;
    if (depth === 0 && (token === '+' || token === '-') && previous !== '') {
      if (/^[*/%^+-]$/.test(previous)) return whole;
      terms.push({ sign, text: text.slice(from, index).trim() });
      sign = token;
      from = index + 1;
    }
    previous = token;
  }
  return terms.length === 0 ? whole : [...terms, { sign, text: text.slice(from).trim() }];
}
