/** The lab's Redis as what is backed up. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenLab } from '../../../lab/open.ts';
import { ownerFor } from '../../../lab/run/users.ts';
import type { RedisAddress } from '../../../restore/redis/connect.ts';
import { redisBackups } from '../../../restore/redis/index.ts';
import type { StoreBackups } from '../../../restore/types.ts';
import type { Use } from '../../../target.ts';
import { SEALING_SECRET } from './sealing.ts';

const USER = 'redis';

export function labRedisBackups({ lab }: OpenLab, store: string, use: Use): StoreBackups {
  const read = (path: string) => readFileSync(path, 'utf8');
  const as = (user: string): RedisAddress => ({
    host: 'localhost',
    port: lab.port('redis', 'tls'),
    user,
    password: lab.secret(`redis-${user}`),
    tls: { ca: read(lab.client.ca), cert: read(lab.client.cert), key: read(lab.client.key) },
  });
  return redisBackups({
    store,
    user: USER,
    use,
    backups: {
      folder: join(lab.folder('redis'), 'repository'),
      owner: ownerFor(USER),
      secret: lab.secret(SEALING_SECRET),
    },
    folder: lab.folder('redis'),
    backup: as('backup'),
    writer: as('api'),
  });
}
