/** Certificates and secrets of the platform: who is let in by which, and replacing them while everything runs. */
import type { Certificates } from './certificates.ts';
import type { Credential } from './credential.ts';

export interface Trust {
  /** Where the clients of a service or store come in over TLS. Empty where the target runs none of it, or only something in its place. */
  doors(subject: string): readonly TlsDoor[];
  /** Makes one connection and says as much as it takes to see whether the server speaks with such a caller. */
  knock(door: TlsDoor, caller: Caller): Promise<Knock>;
  readonly certificates: Certificates;
  /** A credential of the spec as this target can rotate it; a string says why it cannot. */
  credential(name: string): Credential | string;
}

export interface TlsDoor {
  /** Replica or server that stands behind it: `api-1`, `postgres`. */
  readonly part: string;
  readonly protocol: 'postgres' | 'mysql' | 'redis' | 'nats' | 'https';
  readonly port: number;
}

/** `plaintext` speaks no TLS, `nobody` shows no certificate; a `ClientCertificate` is one that was issued for the drill. */
export type Caller = 'plaintext' | 'nobody' | ClientCertificate;

/** A client certificate of the drill's own, with its key. What is in it is the target's. */
export interface ClientCertificate {
  readonly serial: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
}

export interface Knock {
  /** `admitted`: the server spoke with the caller as with a client of its own; `refused`: it closed, alerted or said no; `silent`: neither in time. */
  readonly outcome: 'admitted' | 'refused' | 'silent';
  /** What was said last, for a person: never a secret. */
  readonly said: string;
  /** What the server showed, where it came to that. */
  readonly served?: ServedCertificate;
}

export interface ServedCertificate {
  readonly serial: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Whether it leads to an authority that the platform's clients trust now. */
  readonly trusted: boolean;
  /** DNS names and addresses. */
  readonly names: readonly string[];
}
