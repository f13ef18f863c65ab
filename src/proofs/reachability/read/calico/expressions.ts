/**
 * Calico's language for selectors: `role == 'db' && !(env in {'dev', 'test'} || has(canary))`. `!` binds closest, then `&&`, then `||`
 * (Calico `libcalico-go/lib/selector/tokenizer`, `libcalico-go/lib/selector/parser`).
 */
import type { SelectorExpression } from '../../../../model/selector.ts';
import { Refused } from '../refused.ts';

/** What a term asks the labels of: the endpoint's own, or those of its namespace. */
export interface Term extends SelectorExpression {
  readonly of: 'endpoint' | 'namespace';
}

export type Expression =
  | { readonly kind: 'term'; readonly term: Term }
  | { readonly kind: 'not'; readonly inner: Expression }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] };

export const ALL: Expression = { kind: 'and', parts: [] };

export function and(...parts: readonly (Expression | undefined)[]): Expression {
  return { kind: 'and', parts: parts.flatMap((part) => part ?? []) };
}

export function not(inner: Expression): Expression {
  return { kind: 'not', inner };
}

/** How the keys of an expression are meant, and what `all()` is. */
export interface Dialect {
  readonly term: (key: string, operator: string, values: readonly string[]) => Term;
  readonly all: Expression;
}

/** An empty text selects all. Throws {@link Refused} where Calico would not take it. */
export function parseExpression(text: string, dialect: Dialect): Expression {
  const reader = new Reader(text, dialect);
  return reader.isAtEnd ? dialect.all : reader.whole();
}

const KEY = /[a-zA-Z0-9_./-]+/y;
const FUNCTIONS = /(has|all|global)\([ \t]*([a-zA-Z0-9_./-]*)[ \t]*\)/y;
const OPERATORS: readonly (readonly [pattern: RegExp, operator: string])[] = [
  [/==/y, 'In'],
  [/!=/y, 'NotIn'],
  [/contains/y, 'contains'],
  [/starts[ \t]*with/y, 'starts with'],
  [/ends[ \t]*with/y, 'ends with'],
  [/not[ \t]*in/y, 'not in'],
  [/in/y, 'in'],
];
const LITERAL = /"([^"]*)"|'([^']*)'/y;

class Reader {
  readonly #text: string;
  readonly #dialect: Dialect;
  #at = 0;

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  get isAtEnd(): boolean {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at += 1;
    return this.#at === this.#text.length;
  }

  whole(): Expression {
    const found = this.#either();
    return this.isAtEnd ? found : this.#refuse('an operator');
  }

  #either(): Expression {
    const parts = [this.#both()];
    while (this.#take(/\|\|/y)) parts.push(this.#both());
    return parts.length === 1 ? (parts[0] as Expression) : { kind: 'or', parts };
  }

  #both(): Expression {
    const parts = [this.#operation()];
    while (this.#take(/&&/y)) parts.push(this.#operation());
    return parts.length === 1 ? (parts[0] as Expression) : { kind: 'and', parts };
  }

  #operation(): Expression {
    if (this.#take(/!(?!=)/y)) return not(this.#operation());
    if (this.#take(/\(/y)) {
      const inner = this.#either();
      return this.#take(/\)/y) ? inner : this.#refuse('a closing parenthesis');
    }
    const call = this.#take(FUNCTIONS);
    if (call !== undefined) return this.#called(call[1] ?? '', call[2] ?? '');
    const key = this.#take(KEY)?.[0];
    return key === undefined ? this.#refuse('a label') : this.#compared(key);
  }

  #called(name: string, key: string): Expression {
    if (name === 'has' && key !== '') return this.#term(key, 'Exists', []);
    if (name === 'all' && key === '') return this.#dialect.all;
    return this.#refuse(
      name === 'global' ? 'no global(), which stands alone in the namespaceSelector of a peer' : name,
    );
  }

  #compared(key: string): Expression {
    const operator = OPERATORS.find(([pattern]) => this.#take(pattern))?.[1];
    if (operator === undefined) return this.#refuse(`an operator after ${key}`);
    if (operator === 'in' || operator === 'not in')
      return this.#term(key, operator === 'in' ? 'In' : 'NotIn', this.#set());
    return this.#term(key, operator, [this.#literal() ?? this.#refuse('a value in quotes')]);
  }

  /** A comma may follow the last value. */
  #set(): string[] {
    if (!this.#take(/\{/y)) this.#refuse('{ and values');
    const values: string[] = [];
    for (let value = this.#literal(); value !== undefined; value = this.#literal()) {
      values.push(value);
      if (!this.#take(/,/y)) break;
    }
    return this.#take(/\}/y) ? values : this.#refuse('}');
  }

  #literal(): string | undefined {
    const found = this.#take(LITERAL);
    return found === undefined ? undefined : (found[1] ?? found[2] ?? '');
  }

  #term(key: string, operator: string, values: readonly string[]): Expression {
    return { kind: 'term', term: this.#dialect.term(key, operator, values) };
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    if (this.isAtEnd) return undefined;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }

  #refuse(expected: string): never {
    const rest = this.isAtEnd ? 'its end' : JSON.stringify(this.#text.slice(this.#at, this.#at + 20));
    throw new Refused(`selector ${JSON.stringify(this.#text)} has ${rest} where ${expected} is expected`);
  }
}
