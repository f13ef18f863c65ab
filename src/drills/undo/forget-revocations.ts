import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openLab } from '../lab/open.ts';
import { asSuperuser } from '../lab/parts/postgres.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string() });

/** PostgreSQL reads no list of revoked certificates any more, as before the drill. */
export const forgetRevocations: UndoKind<z.infer<typeof data>> = {
  kind: 'forget-revocations',
  data,
  describe: () => "forget the drill's revoked certificates",
  async undo({ directory }) {
    const open = await openLab(directory);
    if (open === undefined) return;
    await asSuperuser(open.lab, 'postgres', async (client) => {
      await client.query('ALTER SYSTEM RESET ssl_crl_file');
      await client.query('SELECT pg_reload_conf()');
    });
    rmSync(join(open.lab.folder('postgres'), 'revoked.pem'), { force: true });
  },
};
