/** The PostgreSQL that is backed up, as the ways to do that see it. */
import type pg from 'pg';
import type { Sql } from '../../../model/drill/databases.ts';
import type { Use } from '../../target.ts';
import type { SealedPlace } from '../repository.ts';
import type { Access } from './server.ts';

export interface PostgresSource {
  readonly store: string;
  /** System user that its server runs as. */
  readonly user: string;
  readonly database: string;
  /** How the operator comes in. */
  readonly operator: pg.ClientConfig;
  readonly use: Use;
  /** Absolute path of the configuration of pgBackRest on the primary, and its stanza. */
  readonly pgBackRest: { readonly config: string; readonly stanza: string; readonly repository: string };
  /** The configuration of pgBackRest for a copy with its data and socket there. It holds the repository's key. */
  pgBackRestFor(place: {
    readonly folder: string;
    readonly data: string;
    readonly socket: string;
    readonly port: number;
  }): string;
  /** Where dumps go. */
  readonly dumps: SealedPlace;
  /** A free port for a copy, with who may come in there. */
  access(): Promise<Access>;
  /** A copy that listens on the port, as a role of the platform. */
  asRole(port: number, role: string): Promise<Sql>;
  migrate(port: number, args: readonly string[]): Promise<{ readonly status: number; readonly text: string }>;
}
