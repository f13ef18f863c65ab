import type { OpenLab } from '../../../../lab/open.ts';
import type { TrustStore } from '../../../../lab/trust/store.ts';

/** What the kinds of credentials work with. */
export interface Workplace {
  readonly open: OpenLab;
  readonly trust: TrustStore;
  readonly signal: AbortSignal;
}

/** One kind of credential, between its present version, which the lab's trust keeps, and the next, which the drill made up. */
export interface Rotator {
  readonly holders: readonly string[];
  add(next: string): Promise<void>;
  deliver(next: string): Promise<void>;
  behind(next: string): Promise<readonly string[]>;
  retire(next: string): Promise<void>;
  /** Undefined: the present one. */
  use(next: string | undefined): Promise<'accepted' | 'refused'>;
  /** Makes up a next version. */
  make(): string;
  /** Both sides hold what the lab's trust keeps, and nothing else is accepted. Knows nothing of what was made up. */
  settle(): Promise<void>;
}
