/** A part of an expression of GitHub Actions. https://docs.github.com/actions/reference/workflows-and-actions/expressions */
type Token =
  | { readonly kind: 'path'; readonly text: string }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'call'; readonly text: string }
  | { readonly kind: 'mark'; readonly text: string };

const TOKEN =
  /'((?:[^']|'')*)'|(\d[\w.]*)|([A-Za-z_][\w-]*(?:\.[\w*-]+|\[\s*'[^']*'\s*\]|\[\s*\d+\s*\])*)(\s*\()?|(==|!=|<=|>=|&&|\|\||[()!<>,])/g;

/** Functions whose answer is true or false, a number, or a hash: what goes in never comes out. */
const OPAQUE: ReadonlySet<string> = new Set(['contains', 'startswith', 'endswith', 'hashfiles', 'success', 'always']);
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=']);

/** The expressions between `${{` and `}}` of a text. */
export function expressionsIn(text: string): string[] {
  const found: string[] = [];
  let from = text.indexOf('${{');
  while (from !== -1) {
    const to = text.indexOf('}}', from);
    if (to === -1) break;
    found.push(text.slice(from + 3, to));
    from = text.indexOf('${{', to);
  }
  return found;
}

/** What an expression may answer with: contexts by their path (`github.head_ref`, lower case), and literals. */
export interface Answers {
  readonly paths: readonly string[];
  readonly literals: readonly string[];
  /** Those of the paths that come out with everything below them, through `toJSON`. */
  readonly whole: readonly string[];
}

/** A call or parenthesis that is open. */
interface Open {
  readonly opaque: boolean;
  readonly whole: boolean;
}

/** The contexts and literals whose value can end up in the text an expression is replaced with; operands of comparisons cannot. */
export function answersOf(expression: string): Answers {
  const tokens = tokensOf(expression);
  const paths: string[] = [];
  const literals: string[] = [];
  const whole: string[] = [];
  const open: Open[] = [];
  for (const [index, token] of tokens.entries()) {
    const around = open.at(-1) ?? { opaque: false, whole: false };
    if (token.kind === 'call')
      open.push({
        opaque: around.opaque || OPAQUE.has(token.text),
        whole: around.whole || token.text === 'tojson',
      });
    else if (token.text === '(' && token.kind === 'mark') open.push(around);
    else if (token.text === ')' && token.kind === 'mark') open.pop();
    else if (token.kind !== 'mark' && !around.opaque && !isCompared(tokens, index)) {
      (token.kind === 'path' ? paths : literals).push(token.text);
      if (token.kind === 'path' && around.whole) whole.push(token.text);
    }
  }
  return { paths, literals, whole };
}

function isCompared(tokens: readonly Token[], index: number): boolean {
  return [tokens[index - 1], tokens[index + 1]].some(
    (token) =>
      token?.kind === 'mark' && (COMPARISONS.has(token.text) || (token.text === '!' && token === tokens[index - 1])),
  );
}

function tokensOf(expression: string): Token[] {
  return [...expression.matchAll(TOKEN)].map(([, literal, number, path, open, mark]): Token => {
    if (literal !== undefined) return { kind: 'literal', text: literal.replaceAll("''", "'") };
    if (number !== undefined) return { kind: 'literal', text: number };
    if (path !== undefined) return { kind: open === undefined ? 'path' : 'call', text: normal(path) };
    return { kind: 'mark', text: mark ?? '' };
  });
}

/** `github.event['issue'].title` is `github.event.issue.title`; names are not case-sensitive. */
function normal(path: string): string {
  return path
    .replaceAll(/\[\s*'([^']*)'\s*\]/g, '.$1')
    .replaceAll(/\[\s*(\d+)\s*\]/g, '.$1')
    .toLowerCase();
}
