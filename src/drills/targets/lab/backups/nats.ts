/** The lab's NATS as what is backed up. */
import { join } from 'node:path';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import type { OpenLab } from '../../../lab/open.ts';
import { ownerFor } from '../../../lab/run/users.ts';
import { natsBackups } from '../../../restore/nats/index.ts';
import type { StoreBackups } from '../../../restore/types.ts';
import type { Use } from '../../../target.ts';
import { SEALING_SECRET } from './sealing.ts';

const USER = 'nats';

export function labNatsBackups({ lab }: OpenLab, store: string, use: Use): StoreBackups {
  return natsBackups({
    store,
    user: USER,
    use,
    backups: {
      folder: join(lab.folder('nats'), 'repository'),
      owner: ownerFor(USER),
      secret: lab.secret(SEALING_SECRET),
    },
    account: 'APP',
    connect: () =>
      connect({
        servers: `tls://localhost:${lab.port('nats', 'client')}`,
        tls: { caFile: lab.client.ca, certFile: lab.client.cert, keyFile: lab.client.key },
        authenticator: nkeyAuthenticator(new TextEncoder().encode(lab.secret('nats-backup-nkey'))),
        timeout: 10_000,
        reconnect: false,
      }),
  });
}
