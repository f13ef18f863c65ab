/** The MariaDB that is backed up, as mariabackup and the reader of its binary log see it. */
import type { Sql } from '../../../model/drill/databases.ts';
import type { Use } from '../../target.ts';
import type { SealedPlace } from '../repository.ts';

export interface MariadbSource {
  readonly store: string;
  /** System user that its server runs as; the server knows who comes in by the socket as such a user. */
  readonly user: string;
  readonly socket: string;
  readonly use: Use;
  readonly backups: SealedPlace;
  /** The operator, by the socket of this server or of a copy. */
  operator(socket: string): Promise<Sql>;
}
