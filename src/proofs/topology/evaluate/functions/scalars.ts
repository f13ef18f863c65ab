import { numberOf, truth } from '../operators.ts';
import { invalid, isList, isMap, mapOf, textOf, Unknown, whyUnknown, type Value } from '../value.ts';
import type { Functions } from './types.ts';

const number = (value: Value | undefined): number => numberOf(value ?? 0) ?? 0;

/** Functions of numbers and encodings, whose arguments are all known. */
export const scalars: Functions = {
  abs: ([value]) => Math.abs(number(value)),
  ceil: ([value]) => Math.ceil(number(value)),
  floor: ([value]) => Math.floor(number(value)),
  signum: ([value]) => Math.sign(number(value)),
  max: (values) => Math.max(...values.map(number)),
  min: (values) => Math.min(...values.map(number)),
  pow: ([base, exponent]) => finite(number(base) ** number(exponent)),
  log: ([value, base]) => finite(Math.log(number(value)) / Math.log(number(base))),
  sum: ([list = []]) =>
    isList(list) ? list.reduce<number>((total, one) => total + number(one), 0) : invalid('it is no list'),
  parseint: ([text, base]) => finite(Number.parseInt(textOf(text ?? '') ?? '', number(base))),
  jsondecode: ([text]) => decode(textOf(text ?? '') ?? ''),
  base64encode: ([text]) => Buffer.from(textOf(text ?? '') ?? '').toString('base64'),
};

/** Conversions, whose elements need not be known. */
export const conversions: Functions = {
  tostring: ([value = null]) =>
    value === null || whyUnknown(value) !== undefined ? value : (textOf(value) ?? invalid('it is no text')),
  tonumber: ([value = null]) =>
    value === null || whyUnknown(value) !== undefined ? value : (numberOf(value) ?? invalid('it is no number')),
  tobool: ([value = null]) =>
    value === null || whyUnknown(value) !== undefined ? value : (truth(value) ?? invalid('it is no boolean')),
  tolist: ([value = null]) => value,
  tomap: ([value = null]) => value,
  sensitive: ([value = null]) => value,
  nonsensitive: ([value = null]) => value,
  jsonencode: ([value = null]) => encode(value),
  yamlencode: ([value = null]) => new Unknown('how YAML is written is not worked out', { json: value }),
};

function finite(value: number): Value {
  return Number.isFinite(value) ? value : invalid('it is no finite number');
}

function encode(value: Value): Value {
  const open = whyUnknown(value);
  if (open !== undefined) return new Unknown(open, { json: value });
  return JSON.stringify(sortedKeys(value));
}

/** Terraform writes the members of an object in the order of their names. */
function sortedKeys(value: Value): Value {
  if (isList(value)) return value.map(sortedKeys);
  if (!isMap(value)) return value;
  return mapOf(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortedKeys(value[key] ?? null)]),
  );
}

function decode(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return invalid('it is no JSON');
  }
}

/** Functions whose answer nobody knows before the plan runs, with the reason. */
export const withheld: Readonly<Record<string, string>> = {
  file: 'files are not read',
  filebase64: 'files are not read',
  fileexists: 'files are not read',
  fileset: 'files are not read',
  templatefile: 'template files are not read',
  filesha256: 'files are not read',
  filemd5: 'files are not read',
  timestamp: 'the time of the plan is not known',
  plantimestamp: 'the time of the plan is not known',
  uuid: 'it is made when the plan runs',
  bcrypt: 'it is made when the plan runs',
};
