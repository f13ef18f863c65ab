import pg from 'pg';
import { z } from 'zod';
import { openLab } from '../lab/open.ts';
import { superuser } from '../lab/parts/postgres.ts';
import { removeLogin } from '../targets/lab/emergency/login.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string() });

/** Nobody has emergency access any more: its login is gone, and who was in is out. */
export const endEmergency: UndoKind<z.infer<typeof data>> = {
  kind: 'end-emergency',
  data,
  describe: () => 'end the emergency access',
  async undo({ directory }) {
    const open = await openLab(directory);
    if (open === undefined) return;
    const client = new pg.Client(superuser(open.lab, 'postgres'));
    client.on('error', () => undefined);
    await client.connect();
    try {
      await removeLogin(client);
    } finally {
      await client.end();
    }
  },
};
