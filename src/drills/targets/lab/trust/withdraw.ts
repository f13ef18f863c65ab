/** A list of revoked certificates for PostgreSQL, the one server of the lab that reads one: Redis 7.0 and NATS 2.9 do not. */
import type { Revocation } from '../../../../model/drill/certificates.ts';
import type { ClientCertificate } from '../../../../model/drill/trust.ts';
import { asSuperuser } from '../../../lab/parts/postgres.ts';
import type { RunningLab } from '../../../lab/restart.ts';
import { revocationList, type Generation } from '../../../lab/trust/authority.ts';
import type { UndoJournal } from '../../../undo/types.ts';

/** As long as a list holds that is published each hour. */
const LIST_HOURS = 24;
const HOUR = 3_600_000;

export async function withdrawAt(
  { lab }: RunningLab,
  authority: Generation,
  { serial }: ClientCertificate,
  part: string,
  undo: UndoJournal,
): Promise<Revocation | undefined> {
  if (part !== 'postgres') return undefined;
  const nextUpdate = Date.now() + LIST_HOURS * HOUR;
  const list = await revocationList(authority, [serial], LIST_HOURS);
  await undo.before({ kind: 'forget-revocations', data: { directory: lab.directory } });
  const file = lab.write('postgres', 'revoked.pem', list, 0o644);
  await asSuperuser(lab, 'postgres', async (client) => {
    await client.query(`ALTER SYSTEM SET ssl_crl_file = ${client.escapeLiteral(file)}`);
    await client.query('SELECT pg_reload_conf()');
  });
  return { nextUpdate };
}
