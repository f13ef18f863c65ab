/** The lab's MariaDB as what is backed up. */
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { OpenLab } from '../../../lab/open.ts';
import { ownerFor } from '../../../lab/run/users.ts';
import { mariadbBackups } from '../../../restore/mariadb/index.ts';
import type { StoreBackups } from '../../../restore/types.ts';
import { openMariadb } from '../../../sql.ts';
import type { Use } from '../../../target.ts';
import { SEALING_SECRET } from './sealing.ts';

const USER = 'mysql';

export function labMariadbBackups({ lab }: OpenLab, store: string, use: Use): StoreBackups {
  return mariadbBackups({
    store,
    // The server knows by the socket who comes; whoever is not root stays who he is.
    user: process.getuid?.() === 0 ? USER : userInfo().username,
    socket: join(lab.scratch('mariadb'), 'sock'),
    use,
    backups: {
      folder: join(lab.folder('mariadb'), 'repository'),
      owner: ownerFor(USER),
      secret: lab.secret(SEALING_SECRET),
    },
    operator: (socket) => openMariadb({ socketPath: socket, user: userInfo().username }),
  });
}
