/**
 * An expression of HCL's native syntax, or of a string in its JSON syntax, as a tree without positions: two files that differ in layout
 * alone have equal trees. https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 */
export type HclExpression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** Parts are joined as strings; a template of one interpolation and nothing else is that expression itself. */
  | { readonly kind: 'template'; readonly parts: readonly HclExpression[] }
  /** `%{ for }`: the body once for each element, joined. */
  | { readonly kind: 'template-for'; readonly loop: HclLoop; readonly body: HclExpression }
  /** The first word of a reference: `var`, `aws_vpc`, or a name that a `for` binds. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly of: HclExpression; readonly name: string }
  | { readonly kind: 'index'; readonly of: HclExpression; readonly key: HclExpression }
  /** `of[*].x`: `each` for every element, which it calls by `{ kind: 'element' }`. */
  | { readonly kind: 'splat'; readonly of: HclExpression; readonly each: HclExpression }
  | { readonly kind: 'element' }
  /** `spread`: the last argument is a list of further arguments. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly HclExpression[]; readonly spread: boolean }
  | { readonly kind: 'tuple'; readonly items: readonly HclExpression[] }
  | { readonly kind: 'object'; readonly items: readonly (readonly [key: HclExpression, value: HclExpression])[] }
  | { readonly kind: 'for-tuple'; readonly loop: HclLoop; readonly value: HclExpression }
  | {
      readonly kind: 'for-object';
      readonly loop: HclLoop;
      readonly key: HclExpression;
      readonly value: HclExpression;
      /** `...`: values of equal keys are gathered in a list. */
      readonly grouped: boolean;
    }
  | { readonly kind: 'unary'; readonly operator: '-' | '!'; readonly operand: HclExpression }
  | {
      readonly kind: 'binary';
      readonly operator: HclOperator;
      readonly left: HclExpression;
      readonly right: HclExpression;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: HclExpression;
      readonly yes: HclExpression;
      readonly no: HclExpression;
    };

export type HclOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%';

/** The head of a `for`: the names it binds and what it goes over. */
export interface HclLoop {
  readonly key?: string;
  readonly value: string;
  readonly of: HclExpression;
  readonly condition?: HclExpression;
}

/** The value of an expression that holds no name, call or operator; `undefined` for any other. */
export function literalOf(expression: HclExpression): { readonly value: unknown } | undefined {
  switch (expression.kind) {
    case 'literal':
      return expression;
    case 'unary': {
      const operand = expression.operator === '-' ? literalOf(expression.operand)?.value : undefined;
      return typeof operand === 'number' ? { value: -operand } : undefined;
    }
    case 'tuple': {
      const items = expression.items.map(literalOf);
      return items.every((item) => item !== undefined) ? { value: items.map(({ value }) => value) } : undefined;
    }
    case 'object': {
      const entries: [string, unknown][] = [];
      for (const [key, value] of expression.items) {
        const name = literalOf(key)?.value;
        const literal = literalOf(value);
        if (name === undefined || typeof name === 'object' || literal === undefined) return undefined;
        entries.push([String(name), literal.value]);
      }
      return { value: Object.fromEntries(entries) };
    }
    default:
      return undefined;
  }
}
