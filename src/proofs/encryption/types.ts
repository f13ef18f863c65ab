import type { Origin } from '../../model/origin.ts';
import type { Step } from '../../model/result.ts';

/** One way into a server, and what it does with somebody who comes without TLS. */
export interface Door {
  /** `clients of PostgreSQL`, `routes of NATS`, `port 8443`. */
  readonly name: string;
  /** Whom it is for: a monitoring page carries no data of users. */
  readonly role: 'clients' | 'members' | 'monitoring';
  /** The port it stands on, where it is known. */
  readonly port?: number;
  readonly plaintext: 'refused' | 'accepted' | 'unknown';
  /** Whether a client must show a certificate; only asked where plaintext is refused. */
  readonly certificate: 'required' | 'optional' | 'unknown';
  /** Nobody comes in at all, with or without TLS. */
  readonly broken?: true;
  /** Why, as the end of a sentence: `pg_hba.conf line 4 lets …`. */
  readonly because: string;
  readonly origin?: Origin;
  readonly steps?: readonly Step[];
  /** What to write instead, ending in a full stop. */
  readonly remedy: string;
}

/** A setting and where it was made. */
export interface Setting {
  readonly value: string;
  readonly origin: Origin;
}

/**
 * How a client holds a connection. `chain`: the issuer is verified, the name is not. `opportunistic`: TLS if the server offers it.
 * `tunnel`: to a proxy, through which the client's own TLS goes to the far end.
 */
export type Care = 'tunnel' | 'verified' | 'chain' | 'encrypted' | 'opportunistic' | 'plaintext' | 'unknown';

/** A connection that a workload is told to make. */
export interface Connection {
  /** `Rollout platform/api`. */
  readonly from: string;
  /** As it was written: `pgbouncer.data.svc`. */
  readonly host: string;
  readonly port?: number;
  readonly care: Care;
  /** Why, as the end of a sentence: `DATABASE_SSLMODE is require`. */
  readonly because: string;
  readonly origin: Origin;
}
