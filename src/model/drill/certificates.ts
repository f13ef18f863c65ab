/** What a drill does with the platform's certificates. Every change is taken back when the run ends. */
import type { ClientCertificate, TlsDoor } from './trust.ts';

export interface Certificates {
  /** Doors of the platform's own servers, with the name of the workload that each certificate is made out to. */
  readonly served: readonly { readonly workload: string; readonly door: TlsDoor }[];
  /** A certificate for a client of the drill. `lifeMs` below 0: it has ended already. `by`: the platform's authority, or one that nobody knows. */
  issue(options?: { readonly lifeMs?: number; readonly by?: 'platform' | 'foreign' }): Promise<ClientCertificate>;
  /** Issues a new certificate for the part, mounts it, and has the server take it as the target does that. */
  renew(part: string, options?: { readonly lifeMs?: number }): Promise<Renewal>;
  /**
   * Refuses a certificate before its end: by a list of revoked certificates where the server reads one. Answers undefined where the part's
   * server knows none, so that only a short life and another authority remain.
   */
  withdraw(certificate: ClientCertificate, part: string): Promise<Revocation | undefined>;
  /** The three steps of replacing the authority; each answers once every part has been given what it needs. */
  announceAuthority(): Promise<void>;
  changeAuthority(): Promise<void>;
  retireAuthority(): Promise<void>;
  /** Runs the periodic job once, as the target runs it. */
  runCheck(): Promise<CertificateCheck>;
}

export interface Renewal {
  readonly serial: string;
  /** Milliseconds to make key and certificate. */
  readonly issueMs: number;
}

export interface Revocation {
  /** Until when the list holds, milliseconds since 1970: a server that reads an older one refuses everybody. */
  readonly nextUpdate: number;
}

export interface CertificateCheck {
  /** As the scheduler sees it: 0 for all well. */
  readonly exitCode: number;
  /** Parts that it complains of, with its words. */
  readonly complaints: readonly { readonly part: string; readonly because: string }[];
  readonly checked: number;
}
