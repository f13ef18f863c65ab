import { oncePerText } from '../../model/once.ts';
/**
 * The part of expr-lang (https://expr-lang.org/docs/language-definition) in which conditions of an AnalysisTemplate are
 * written. What it does not know is refused, never guessed.
 */
export type Expr =
  | { readonly kind: 'value'; readonly value: number | string | boolean | null }
  | { readonly kind: 'list'; readonly items: readonly Expr[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expr; readonly key: Expr; readonly optional: boolean }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expr[] }
  | { readonly kind: 'not' | 'minus'; readonly of: Expr }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'choice'; readonly test: Expr; readonly yes: Expr; readonly otherwise: Expr };

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(\|\||&&|==|!=|<=|>=|\?\?|\?\.|\*\*|[-+*/%^<>!?:.,()[\]{}#]))/y;

/** Tightest last, as in expr's own table; words and signs alike. */
const LEVELS: readonly (readonly string[])[] = [
  ['||', 'or'],
  ['&&', 'and'],
  ['==', '!=', '<', '>', '<=', '>=', 'in', 'contains', 'startsWith', 'endsWith', 'matches'],
  ['+', '-'],
  ['*', '/', '%'],
  ['**', '^'],
  ['??'],
];
const CONSTANTS: Readonly<Record<string, boolean | null>> = { true: true, false: false, nil: null };
const LONGEST = 2000;

/** The tree of a condition; `undefined` where it uses what is not known here. */
export const parseCondition = oncePerText((text: string): Expr | undefined => {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  const parser = new Parser(tokens);
  try {
    const expr = parser.choice();
    return parser.atEnd ? expr : undefined;
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
});

class Unknown extends Error {}

function tokensOf(text: string): string[] | undefined {
  // An argument that nobody filled in.
  if (text.length > LONGEST || text.includes('{{')) return undefined;
  const tokens: string[] = [];
  const source = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (match === null) return undefined;
    tokens.push(match[0].trim());
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  choice(): Expr {
    this.#depth += 1;
    if (this.#depth > 100) throw new Unknown();
    const test = this.#binary(0);
    this.#depth -= 1;
    if (!this.#take('?')) return test;
    const yes = this.choice();
    this.#expect(':');
    return { kind: 'choice', test, yes, otherwise: this.choice() };
  }

  #binary(level: number): Expr {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const negated = this.#peek() === 'not' && operators.includes('in') && this.#peek(1) === 'in';
      if (negated) this.#at += 1;
      const op = this.#peek();
      if (op === undefined || !operators.includes(op)) return left;
      this.#at += 1;
      const right = this.#binary(level + 1);
      const whole: Expr = { kind: 'binary', op, left, right };
      left = negated ? { kind: 'not', of: whole } : whole;
    }
  }

  #unary(): Expr {
    if (this.#take('!') || this.#take('not')) return { kind: 'not', of: this.#unary() };
    if (this.#take('-')) return { kind: 'minus', of: this.#unary() };
    this.#take('+');
    return this.#postfix(this.#primary());
  }

  #postfix(of: Expr): Expr {
    if (this.#take('[')) {
      const key = this.choice();
      this.#expect(']');
      return this.#postfix({ kind: 'member', of, key, optional: false });
    }
    const optional = this.#take('?.');
    if (!optional && !this.#take('.')) return of;
    return this.#postfix({ kind: 'member', of, key: { kind: 'value', value: this.#word() }, optional });
  }

  #primary(): Expr {
    const token = this.#next();
    if (token === '(') {
      const inner = this.choice();
      this.#expect(')');
      return inner;
    }
    // A predicate of `all`, `any` and the like: braces may be left out.
    if (token === '{') {
      const inner = this.choice();
      this.#expect('}');
      return inner;
    }
    if (token === '[') return { kind: 'list', items: this.#list(']') };
    if (token === '#') return { kind: 'name', name: '#' };
    if (token === '.')
      return {
        kind: 'member',
        of: { kind: 'name', name: '#' },
        key: { kind: 'value', value: this.#word() },
        optional: false,
      };
    if (/^\d/.test(token)) return { kind: 'value', value: Number(token) };
    if (/^["']/.test(token)) return { kind: 'value', value: token.slice(1, -1).replaceAll(/\\(.)/g, '$1') };
    if (Object.hasOwn(CONSTANTS, token)) return { kind: 'value', value: CONSTANTS[token] ?? null };
    if (!/^[A-Za-z_]/.test(token)) throw new Unknown();
    return this.#take('(') ? { kind: 'call', name: token, args: this.#list(')') } : { kind: 'name', name: token };
  }

  #list(end: string): Expr[] {
    const items: Expr[] = [];
    while (!this.#take(end)) {
      items.push(this.choice());
      if (this.#peek() !== end) this.#expect(',');
    }
    return items;
  }

  #peek(ahead = 0): string | undefined {
    return this.#tokens[this.#at + ahead];
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at += 1;
    return true;
  }

  #next(): string {
    const token = this.#peek();
    if (token === undefined) throw new Unknown();
    this.#at += 1;
    return token;
  }

  #word(): string {
    const token = this.#next();
    if (!/^[A-Za-z_]/.test(token)) throw new Unknown();
    return token;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw new Unknown();
  }
}
