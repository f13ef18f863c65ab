/** MariaDB speaks in packets of its own before and after TLS, so its client does it, with a good password: who is not let in is refused for the way it came. */
import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Caller, Knock, TlsDoor } from '../../../../model/drill/trust.ts';
import type { Lab } from '../../../lab/part.ts';
import { leafOf } from './clients.ts';
import { servedOf } from './served.ts';

const TIMEOUT_MS = 3000;

export async function knockMysql(lab: Lab, { port }: TlsDoor, caller: Caller): Promise<Knock> {
  const { createConnection } = await import('mysql2/promise');
  let served: X509Certificate | undefined;
  const ssl = {
    ca: readFileSync(lab.client.ca),
    ...(typeof caller === 'string' ? {} : { cert: leafOf(caller).chain, key: leafOf(caller).key }),
  };
  try {
    const connection = await createConnection({
      host: 'localhost',
      port,
      user: 'lab_monitor',
      password: lab.secret('mariadb-lab_monitor'),
      connectTimeout: TIMEOUT_MS,
      ...(caller === 'plaintext' ? {} : { ssl }),
    });
    served = shownTo(connection);
    connection.destroy();
    return {
      outcome: 'admitted',
      said: 'connected',
      ...(served === undefined ? {} : { served: servedOf(served, true) }),
    };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return { outcome: code === 'ETIMEDOUT' ? 'silent' : 'refused', said: `${code} ${message}`.slice(0, 120) };
  }
}

/** The client keeps its socket to itself; by types it has none. */
function shownTo(connection: object): X509Certificate | undefined {
  const { stream } = (
    connection as { connection: { stream: { getPeerX509Certificate?(): X509Certificate | undefined } } }
  ).connection;
  return stream.getPeerX509Certificate?.();
}
