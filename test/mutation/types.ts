/** What is broken: the body of an object as it would be applied, or the text of a file. */
export type Change =
  | {
      readonly kind: 'object';
      /** `Kind namespace/name` of the object. */
      readonly id: string;
      /** Undefined: the object is gone. */
      readonly body: Readonly<Record<string, unknown>> | undefined;
    }
  | { readonly kind: 'file'; readonly path: string; readonly text: string };

/** One thing broken on purpose in the mended reference platform. */
export interface Mutation {
  /** What is done, in words: `readiness probe removed`. */
  readonly operator: string;
  /** Where: `Rollout platform/api spec.template.spec.containers.0.readinessProbe`. */
  readonly where: string;
  /** Controls for which it is their business: one of them must fail. */
  readonly controls: readonly string[];
  readonly change: Change;
}

/** Breaks a field of Kubernetes objects, in turn at every place where it stands. */
export interface ObjectOperator {
  readonly name: string;
  readonly controls: readonly string[];
  readonly kinds: readonly string[];
  /** Names of objects that it concerns; default: all. */
  readonly only?: RegExp;
  /** Where the field stands, `*` for each item or member, a key that holds dots in brackets: `data.[redis.conf]`. Undefined: the whole object. */
  readonly at?: string;
  /** The broken value, or several; `REMOVED` takes the field or the object away, `SAME` says that there is nothing to break. */
  readonly to: unknown | ((value: unknown, body: Readonly<Record<string, unknown>>) => unknown);
}

/** Breaks the text of files, in turn at every place where the pattern matches. */
export interface FileOperator {
  readonly name: string;
  readonly controls: readonly string[];
  readonly files: RegExp;
  readonly find: RegExp;
  /** Put in its place as it is, or made of the match. */
  readonly replace: string | ((match: RegExpExecArray) => string);
}

export const REMOVED = Symbol('removed');
export const SAME = Symbol('same');
