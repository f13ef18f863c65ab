/**
 * What an expression of Terraform comes to before anything is applied. A value may hold what is not known yet: an attribute that only the
 * provider sets (a {@link Reference}, which still has its identity), or anything that rests on one ({@link Unknown}, with the reason).
 */
export type Value = string | number | boolean | null | readonly Value[] | ValueMap | Unknown | Reference;

export interface ValueMap {
  readonly [key: string]: Value;
}

/** A value that cannot be told, and why. */
export class Unknown {
  readonly because: string;
  /** The text it will be, with what is not known in `${…}`; only of strings. */
  readonly sketch: string | undefined;
  /** It is the JSON text of this. */
  readonly json: Value | undefined;
  /** It does not exist at all: Terraform would refuse the expression. */
  readonly invalid: boolean;

  constructor(because: string, more: { sketch?: string; json?: Value; invalid?: boolean } = {}) {
    this.because = because;
    this.sketch = more.sketch;
    this.json = more.json;
    this.invalid = more.invalid ?? false;
  }
}

/** A resource, data source or unread module, or an attribute of it that is set when it is made: `aws_vpc.this` and `id`. */
export class Reference {
  /** `module.network.aws_subnet.data["eu-central-1a"]`. */
  readonly address: string;
  readonly path: readonly (string | number)[];

  constructor(address: string, path: readonly (string | number)[] = []) {
    this.address = address;
    this.path = path;
  }

  get text(): string {
    return `${this.address}${this.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')}`;
  }
}

/** An expression that Terraform would refuse. */
export function invalid(because: string): Unknown {
  return new Unknown(because, { invalid: true });
}

export function isMap(value: Value): value is ValueMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Reference)
  );
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Why a value is not known as a whole; `undefined` where it is. What it holds is looked at too. */
export function whyUnknown(value: Value): string | undefined {
  if (value instanceof Unknown) return value.because;
  if (value instanceof Reference) return `${value.text} is set when it is made`;
  if (isList(value)) return firstReason(value);
  return isMap(value) ? firstReason(Object.values(value)) : undefined;
}

function firstReason(values: readonly Value[]): string | undefined {
  for (const value of values) {
    const reason = whyUnknown(value);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** The unknown that stands for something that rests on the value. */
export function asUnknown(value: Value): Unknown {
  return value instanceof Unknown ? value : new Unknown(whyUnknown(value) ?? 'it is not known');
}

/** A value as text: what is not known stands in `${…}`. Lists and maps have none. */
export function sketchOf(value: Value): string | undefined {
  if (value instanceof Unknown) return value.sketch ?? '${…}';
  if (value instanceof Reference) return `\${${value.text}}`;
  return textOf(value);
}

/** The string that Terraform makes of a scalar. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Whether two values are the same; `undefined` where it cannot be told. */
export function sameValue(a: Value, b: Value): boolean | undefined {
  if (a instanceof Reference && b instanceof Reference && a.text === b.text) return true;
  if (a instanceof Unknown || b instanceof Unknown || a instanceof Reference || b instanceof Reference)
    return undefined;
  if (isList(a) && isList(b)) return a.length === b.length ? allSame(a, b) : false;
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length || !keys.every((key) => Object.hasOwn(b, key))) return false;
    return allSame(
      keys.map((key) => a[key] ?? null),
      keys.map((key) => b[key] ?? null),
    );
  }
  return a === b;
}

function allSame(a: readonly Value[], b: readonly Value[]): boolean | undefined {
  let known = true;
  for (const [index, item] of a.entries()) {
    const same = sameValue(item, b[index] ?? null);
    if (same === false) return false;
    if (same === undefined) known = false;
  }
  return known ? true : undefined;
}

/** A map without a prototype to stumble over. */
export function mapOf(entries: Iterable<readonly [string, Value]>): ValueMap {
  return Object.fromEntries(entries);
}

/** The member of a map; `undefined` where it has none. */
export function memberOf(map: ValueMap, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
