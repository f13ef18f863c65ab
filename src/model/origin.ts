/** A path through a parsed document: mapping keys and sequence indexes. */
export type Pointer = readonly (string | number)[];

/**
 * Where a value was read. Cheap to carry: line and column are worked out only for what is reported.
 * A digest never includes one under a name that is or ends in `origin`, so moving or commenting a file is not drift.
 */
export interface Origin {
  /** Path relative to the repository's root, `/`-separated. For rendered output: the deployable's path. */
  readonly path: string;
  /** Zero-based index of the YAML document in the file, or of the object in the rendered output. */
  readonly document?: number;
  readonly pointer?: Pointer;
  /** Id of the deployable whose rendered output this is; the owning source is traced on demand. */
  readonly rendered?: string;
  /** One-based; set by readers that know it without a second parse (HCL, line-based formats). */
  readonly line?: number;
  readonly column?: number;
  /** One-based line inside the text that the pointer names, as of a configuration file held in a ConfigMap. */
  readonly textLine?: number;
}

const MEMBERS: ReadonlySet<string> = new Set<keyof Origin>([
  'path',
  'document',
  'pointer',
  'rendered',
  'line',
  'column',
  'textLine',
]);

/** Whether a value has the form of an origin. A label or a key of the user's own that is called `origin` is none. */
export function isOrigin(value: unknown): value is Origin {
  if (typeof value !== 'object' || value === null) return false;
  return typeof (value as Partial<Origin>).path === 'string' && Object.keys(value).every((key) => MEMBERS.has(key));
}

/** A place a person can open. Line and column are one-based; columns count UTF-16 code units. */
export interface Location {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** A value together with where it was read. */
export interface At<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** The origin of a value below another. */
export function below(origin: Origin, ...keys: (string | number)[]): Origin {
  return { ...origin, pointer: [...(origin.pointer ?? []), ...keys] };
}
