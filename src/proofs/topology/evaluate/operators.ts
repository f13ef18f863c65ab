import type { HclOperator } from '../../../model/hcl.ts';
import { asUnknown, invalid, sameValue, Unknown, whyUnknown, type Value } from './value.ts';

/** Logic knows its answer from one side where it can: `false && x` is false whatever x is. */
export function logical(operator: '&&' | '||', left: Value, right: () => Value): Value {
  const decides = operator === '||';
  const first = truth(left);
  if (first === decides) return decides;
  const second = right();
  const other = truth(second);
  if (other === decides) return decides;
  if (first === undefined) return asUnknown(left);
  return other === undefined ? asUnknown(second) : !decides;
}

/** `true` and `false`, or the strings that Terraform takes for them. */
export function truth(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

export function binary(operator: Exclude<HclOperator, '&&' | '||'>, left: Value, right: Value): Value {
  if (operator === '==' || operator === '!=') {
    const same = sameValue(left, right);
    if (same === undefined) return asUnknown(whyUnknown(left) === undefined ? right : left);
    return same === (operator === '==');
  }
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a === undefined || b === undefined) {
    const open = [left, right].find((side) => whyUnknown(side) !== undefined);
    return open === undefined ? invalid(`${operator} takes numbers`) : asUnknown(open);
  }
  return calculate(operator, a, b);
}

function calculate(operator: string, a: number, b: number): Value {
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? invalid('a division by zero') : a / b;
    case '%':
      return b === 0 ? invalid('a division by zero') : a % b;
    default:
      return new Unknown(`the operator ${operator} is not known`);
  }
}

/** A number, or a string that Terraform takes for one. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
