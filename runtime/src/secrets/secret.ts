/** A value that has to be asked for by name: whatever prints, serialises or inspects the object around it shows only what it is. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

export class Secret {
  readonly name: string;
  readonly #value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.#value = value;
  }

  /** The value. Hand it to the library that needs it, and nowhere else. */
  reveal(): string {
    return this.#value;
  }

  /** In constant time, whatever the lengths. */
  equals(other: string): boolean {
    const digest = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(this.#value), digest(other));
  }

  toString(): string {
    return `[secret ${this.name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** What is wrong with a secret, without the secret. At start it ends the service with exit code 78; later the old value stays. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
  readonly code = 'SECRET';
  readonly exitCode = 78;
}

/** Runs what belongs to somebody else: its failure is not ours. */
export function guarded(call: () => void): void {
  try {
    call();
  } catch {
    // Its own trouble.
  }
}
