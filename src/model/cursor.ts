import { LaunchgateError } from './errors.ts';
import { below, type At, type Origin, type Pointer } from './origin.ts';

const HERE: Pointer = [];

const VARIABLE = /\$\{[A-Za-z_]/;

/** A value has a type that its reader (Kubernetes, say) would refuse. The engine turns it into `inconclusive`. */
export class MalformedValue extends LaunchgateError {
  readonly origin: Origin;
  /** A variable such as `${REPLICAS}` stands for it, which whoever deploys fills in. */
  readonly isFilledIn: boolean;

  constructor(origin: Origin, expected: string, found: unknown) {
    super(
      'malformed-value',
      `${(origin.pointer ?? []).join('.') || 'document'} is ${describe(found)}, expected ${expected}`,
    );
    this.origin = origin;
    this.isFilledIn = typeof found === 'string' && VARIABLE.test(found);
  }

  /** The message, and what comes of such a value. */
  get verdict(): string {
    return `${this.message}; ${this.isFilledIn ? 'it is filled in when it is deployed, with what is not known here' : 'Kubernetes would refuse it'}`;
  }
}

/**
 * Reads an untyped document step by step and remembers where it is.
 * Absent is `undefined`; present with the wrong type throws {@link MalformedValue}, so a typo is never read as absence.
 */
export class Cursor {
  readonly value: unknown;
  #place: Origin | Cursor;
  readonly #below: string | number | Pointer;

  /** The place may be the steps below another: it is worked out when it is asked for, and most values are read and never reported. */
  constructor(value: unknown, place: Origin | Cursor, below: string | number | Pointer = HERE) {
    this.value = value;
    this.#place = place;
    this.#below = below;
  }

  get origin(): Origin {
    if (this.#place instanceof Cursor) {
      const steps = this.#below;
      this.#place = typeof steps === 'object' ? below(this.#place.origin, ...steps) : below(this.#place.origin, steps);
    }
    return this.#place;
  }

  /** YAML `null` counts as absent, as it does for Kubernetes. */
  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** Steps down through mappings (string keys) and sequences (number keys). */
  get(...keys: (string | number)[]): Cursor {
    let value = this.value;
    for (let depth = 0; depth < keys.length; depth += 1) {
      const key = keys[depth] ?? '';
      if (value === undefined || value === null) {
        value = undefined;
        break;
      }
      const fits = typeof key === 'number' ? Array.isArray(value) : isMapping(value);
      if (!fits) {
        throw new MalformedValue(
          below(this.origin, ...keys.slice(0, depth)),
          typeof key === 'number' ? 'a list' : 'a mapping',
          value,
        );
      }
      value = Object.hasOwn(value as object, key) ? (value as Record<string | number, unknown>)[key] : undefined;
    }
    return new Cursor(value, this, keys);
  }

  /** The elements of a list; none when absent. */
  items(): Cursor[] {
    if (!this.exists) return [];
    if (!Array.isArray(this.value)) throw new MalformedValue(this.origin, 'a list', this.value);
    return this.value.map((item: unknown, index) => new Cursor(item, this, index));
  }

  /** The entries of a mapping; none when absent. */
  entries(): [string, Cursor][] {
    if (!this.exists) return [];
    if (!isMapping(this.value)) throw new MalformedValue(this.origin, 'a mapping', this.value);
    return Object.entries(this.value).map(([key, value]) => [key, new Cursor(value, this, key)]);
  }

  string(): string | undefined {
    return this.scalar('a string', (value): value is string => typeof value === 'string');
  }

  number(): number | undefined {
    return this.scalar('a number', (value): value is number => typeof value === 'number' && Number.isFinite(value));
  }

  integer(): number | undefined {
    return this.scalar('a whole number', (value): value is number => Number.isSafeInteger(value));
  }

  boolean(): boolean | undefined {
    return this.scalar('true or false', (value): value is boolean => typeof value === 'boolean');
  }

  /** Kubernetes' IntOrString: a whole number, or a string such as `25%`. */
  integerOrString(): number | string | undefined {
    return this.scalar(
      'a whole number or a string',
      (value): value is number | string => typeof value === 'string' || Number.isSafeInteger(value),
    );
  }

  strings(): string[] {
    return this.items().flatMap((item) => item.string() ?? []);
  }

  /** A mapping of strings, such as labels. */
  stringMap(): Record<string, string> {
    if (!this.exists) return {};
    if (!isMapping(this.value)) throw new MalformedValue(this.origin, 'a mapping', this.value);
    const strings: [string, string][] = [];
    for (const [key, value] of Object.entries(this.value))
      strings.push([key, typeof value === 'string' ? value : (this.get(key).string() ?? '')]);
    return Object.fromEntries(strings);
  }

  /** Pairs a value that was read with this place. */
  at<T>(value: T): At<T> {
    return { value, origin: this.origin };
  }

  private scalar<T>(expected: string, accepts: (value: unknown) => value is T): T | undefined {
    if (!this.exists) return undefined;
    if (!accepts(this.value)) throw new MalformedValue(this.origin, expected, this.value);
    return this.value;
  }
}

/** A plain mapping, as parsers produce it. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isMapping(value)) return 'a mapping';
  if (typeof value === 'string')
    return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  return `${typeof value} ${String(value)}`;
}
