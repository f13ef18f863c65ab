/**
 * A credential with two versions: the present one, and the next. The four steps of a rotation, in order. Whatever was done is taken back
 * when the run ends: both sides hold one version again, and no other is accepted.
 */
export interface Credential {
  /** Parts that hold it. */
  holders(): Promise<readonly string[]>;
  /** Makes the next version; the server accepts both from here on. */
  add(): Promise<void>;
  /** Gives it to all who hold the present one. */
  deliver(): Promise<void>;
  /** Holders that use the present version still; empty when all have changed. */
  behind(): Promise<readonly string[]>;
  /** The present version is accepted no more; what was opened with it is closed. */
  retire(): Promise<void>;
  /** Uses a version once, as a client would. */
  use(version: 'present' | 'next'): Promise<'accepted' | 'refused'>;
}
