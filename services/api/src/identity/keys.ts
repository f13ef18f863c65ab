/**
 * The identity provider's signing keys. Fetched when first needed, refreshed in the background once they are old, and at once (but not
 * more often than the cooldown) when a token names a key that nobody has seen: that is how a rotation arrives. While the
 * provider is down, known keys are good for as long as `staleMs`; after that tokens cannot be judged, which is not the same as invalid.
 */
import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type JSONWebKeySet,
  type JWSHeaderParameters,
  type LocalJWKSet,
} from 'jose';

/** The provider did not answer, so nothing can be said about the token: 503, not 401. */
export class KeysUnavailable extends Error {
  constructor(cause: unknown) {
    super('the identity provider does not answer', { cause });
    this.name = 'KeysUnavailable';
  }
}

export interface KeySetOptions {
  /** Fetches the keys; must honour the signal. */
  readonly load: (signal: AbortSignal) => Promise<JSONWebKeySet>;
  /** Milliseconds after which keys are fetched again. Keys that the provider dropped are refused from then on. */
  readonly freshMs?: number;
  /** Milliseconds for which keys are used while the provider is down. Longer than any token lives is of no use. */
  readonly staleMs?: number;
  /** Least milliseconds between two fetches, whatever the tokens name. */
  readonly cooldownMs?: number;
  /** Milliseconds that a request may wait for a fetch. */
  readonly timeoutMs?: number;
  readonly now?: () => number;
  readonly onFailure?: (error: unknown) => void;
}

export type KeySet = (header?: JWSHeaderParameters) => Promise<CryptoKey>;

export function createKeySet(options: KeySetOptions): KeySet {
  const { freshMs = 600_000, staleMs = 3_600_000, cooldownMs = 30_000, timeoutMs = 3000 } = options;
  // Of the clock that only goes forward: while one that was set back catches up, no key would be fetched, new or dropped.
  const { now = () => performance.now() } = options;
  let keys: LocalJWKSet | undefined;
  let loadedAt = 0;
  let triedAt = -Infinity;
  let failure: unknown;
  let running: Promise<void> | undefined;

  async function load(): Promise<void> {
    triedAt = now();
    try {
      keys = createLocalJWKSet(await options.load(AbortSignal.timeout(timeoutMs)));
      loadedAt = now();
      failure = undefined;
    } catch (error) {
      failure = error;
      options.onFailure?.(error);
    } finally {
      running = undefined;
    }
  }

  /** One fetch at a time, none within the cooldown of the last; a start without keys may retry sooner. */
  function refresh(cooldown = cooldownMs): Promise<void> {
    if (running === undefined && now() - triedAt >= cooldown) running = load();
    return running ?? Promise.resolve();
  }

  return async (header) => {
    const age = now() - loadedAt;
    if (keys === undefined || age > staleMs) {
      await refresh(Math.min(cooldownMs, 1000));
      if (keys === undefined || now() - loadedAt > staleMs) throw new KeysUnavailable(failure);
    } else if (age > freshMs) void refresh();
    try {
      return await keys(header);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      if (failure !== undefined) throw new KeysUnavailable(failure);
      return keys(header);
    }
  };
}
