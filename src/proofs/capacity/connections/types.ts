import type { Origin } from '../../../model/origin.ts';
import type { Figure, Known, Unknown } from '../figure.ts';
import type { Peak } from '../pods.ts';

/** Something that opens connections, of a store or of a pooler in front of it. */
export interface Client {
  /** `Rollout platform/api`. */
  readonly id: string;
  readonly pods: Peak | Unknown;
  /** Most connections of one process. */
  readonly pool: Figure;
  /** Processes of one pod that each have such a pool. */
  readonly processes: number;
  /** Who it signs in as; absent: not known. */
  readonly user?: string;
  /** Which database it opens; absent: not known. */
  readonly database?: string;
  readonly origin?: Origin;
}

/** A database as a pooler knows it. */
export interface PooledDatabase {
  /** `*` stands for every database that clients ask for and that has no entry of its own. */
  readonly name: string;
  /** Server connections for one pair of database and user. */
  readonly poolSize: number;
  /** Extra connections for a pair whose clients have waited too long. */
  readonly reserve: number;
  /** `max_db_connections`; absent: no limit. */
  readonly most?: number;
  /** All clients share one user towards the server. */
  readonly forcedUser?: string;
}

export interface Pooler {
  readonly id: string;
  readonly mode: 'session' | 'transaction' | 'statement';
  readonly pods: Peak | Unknown;
  readonly databases: readonly PooledDatabase[];
  /** User that looks up passwords, through a pool of its own. */
  readonly authUser?: string;
  /** `max_user_connections`; absent: no limit. */
  readonly mostPerUser?: number;
  /** Client connections that one process accepts. */
  readonly maxClients: Known;
  readonly processes: number;
  readonly clients: readonly Client[];
  readonly origin?: Origin;
}

/** A pooler that takes a share of what the server allows, whatever its clients do (RDS Proxy). */
export interface Proxy {
  readonly id: string;
  /** `MaxConnectionsPercent`, of the server's `max_connections`. */
  readonly percent: number;
  readonly origin?: Origin;
}

export interface ConnectionInput {
  /** `store/postgres`. */
  readonly store: string;
  readonly limit: Figure;
  /** Slots that ordinary users do not get: `superuser_reserved_connections`. */
  readonly reserved: readonly Known[];
  /** Connections that no workload opens, by who opens them. */
  readonly others: readonly { readonly name: string; readonly connections: number }[];
  /** Servers that share the clients, each with its own limit. 1 where all clients need the same server, such as a primary. */
  readonly servers: number;
  readonly clients: readonly Client[];
  readonly poolers: readonly Pooler[];
  readonly proxies: readonly Proxy[];
}

export interface ConnectionParams {
  /** How many times its even share one server or pooler may get, of connections that nothing balances again once they stand. */
  readonly skew: number;
}
