import type { HclExpression } from '../../../model/hcl.ts';
import { setOf } from './functions/index.ts';
import { numberOf, truth } from './operators.ts';
import { isList, isMap, mapOf, memberOf, textOf, type Value } from './value.ts';

/**
 * A value as a variable of the type holds it: scalars converted, sets in order, members that the type calls optional filled in. What does
 * not fit is left as it is: Terraform would refuse it, and that is not for a check to say.
 * https://developer.hashicorp.com/terraform/language/expressions/type-constraints
 */
export function convert(
  value: Value,
  type: HclExpression,
  evaluateDefault: (expression: HclExpression) => Value,
): Value {
  if (type.kind === 'name' || type.kind === 'literal')
    return scalar(value, type.kind === 'name' ? type.name : String(type.value));
  if (type.kind !== 'call') return value;
  const [inner] = type.args;
  if (inner === undefined) return value;
  const within = (item: Value): Value => convert(item, inner, evaluateDefault);
  switch (type.name) {
    case 'list':
      return isList(value) ? value.map(within) : value;
    case 'set':
      return isList(value) ? setOf(value.map(within)) : value;
    case 'map':
      return isMap(value) ? mapOf(Object.entries(value).map(([key, item]) => [key, within(item)])) : value;
    case 'object':
      return isMap(value) && inner.kind === 'object' ? members(value, inner.items, evaluateDefault) : value;
    default:
      return value;
  }
}

function scalar(value: Value, type: string): Value {
  if (value === null) return null;
  if (type === 'string') return textOf(value) ?? value;
  if (type === 'number') return numberOf(value) ?? value;
  return type === 'bool' ? (truth(value) ?? value) : value;
}

type Members = readonly (readonly [HclExpression, HclExpression])[];

function members(value: Value, types: Members, evaluateDefault: (expression: HclExpression) => Value): Value {
  if (!isMap(value)) return value;
  return mapOf(
    types.map(([key, declared]): [string, Value] => {
      const name = key.kind === 'literal' ? String(key.value) : '';
      const isOptional = declared.kind === 'call' && declared.name === 'optional';
      const [type, otherwise] = isOptional ? declared.args : [declared];
      const given = memberOf(value, name) ?? null;
      const filled = given === null && otherwise !== undefined ? evaluateDefault(otherwise) : given;
      return [name, type === undefined ? filled : convert(filled, type, evaluateDefault)];
    }),
  );
}
