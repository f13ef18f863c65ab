import type { Cursor } from '../../../model/cursor.ts';
import { LaunchgateError } from '../../../model/errors.ts';
import { MalformedValue } from '../../../model/cursor.ts';
import { readSelector, type Selector } from '../../../model/selector.ts';
import { blockOf, type Addresses } from '../addresses.ts';

/** The API server would not take the object, for the reason of the message. Stays within `read/`. */
export class Refused extends LaunchgateError {
  constructor(because: string) {
    super('malformed-value', because);
  }
}

/** Runs a reader; answers why the object would be refused where it would be, instead. */
export function readOrRefuse<T>(read: () => T): { readonly value: T } | { readonly refused: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof Refused || error instanceof MalformedValue) return { refused: error.message };
    throw error;
  }
}

/** A label selector that the API server would take; undefined where there is none. */
export function selectorAt(at: Cursor): Selector | undefined {
  const selector = looseSelectorAt(at);
  const { matchLabels, matchExpressions } = selector ?? { matchLabels: {}, matchExpressions: [] };
  const terms = [...Object.entries(matchLabels).map(([key, value]) => ({ key, values: [value] })), ...matchExpressions];
  for (const { key, values } of terms) {
    if (!isLabelKey(key)) throw new Refused(`${JSON.stringify(key)} is no key of a label`);
    const wrong = values.find((value) => !isLabelValue(value));
    if (wrong !== undefined) throw new Refused(`${JSON.stringify(wrong)} is no value of a label`);
  }
  return selector;
}

/** As kubernetes `apimachinery/pkg/util/validation`: IsQualifiedName. */
function isLabelKey(key: string): boolean {
  const [name = '', prefix, ...more] = key.split('/').toReversed();
  if (more.length > 0 || name === '' || !isLabelValue(name)) return false;
  return prefix === undefined || (prefix.length <= 253 && /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(prefix));
}

function isLabelValue(value: string): boolean {
  return value.length <= 63 && /^(?:[a-z0-9](?:[-a-z0-9_.]*[a-z0-9])?)?$/i.test(value);
}

/** A selector over labels of another making, whose keys and values are not those of Kubernetes. */
export function looseSelectorAt(at: Cursor): Selector | undefined {
  const selector = readSelector(at);
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    if (!/^(?:In|NotIn|Exists|DoesNotExist)$/.test(operator))
      throw new Refused(`${operator || 'no'} operator for label ${key}`);
    if (/^(?:In|NotIn)$/.test(operator) !== values.length > 0)
      throw new Refused(`${operator} for label ${key} ${values.length > 0 ? 'takes no' : 'needs'} values`);
  }
  return selector;
}

export function addressesAt(at: Cursor): Addresses {
  const text = at.string() ?? '';
  const block = text.includes('/') ? blockOf(text) : undefined;
  if (block === undefined) throw new Refused(`${text === '' ? 'an empty string' : text} is not a CIDR block`);
  return block;
}

/** A port number, 1 to 65535. */
export function portAt(at: Cursor): number {
  const port = at.integer();
  if (port === undefined || port < 1 || port > 65_535)
    throw new Refused(`port ${port ?? 'missing'} is not within 1-65535`);
  return port;
}

/** The name of a port: a number in quotes is none (apimachinery `pkg/util/validation`, IsValidPortName). */
export function portNameAt(at: Cursor): string {
  const name = at.string() ?? '';
  if (name.length > 15 || !/^(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name))
    throw new Refused(`port ${JSON.stringify(name)} is no name of a port`);
  return name;
}
