import { z } from 'zod';
import { openLab } from '../lab/open.ts';
import { openTrust } from '../lab/trust/store.ts';
import { mountOne } from '../targets/lab/trust/mounts.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string(), part: z.string() });

/** Gives a part a certificate of ordinary life again. */
export const renewCertificate: UndoKind<z.infer<typeof data>> = {
  kind: 'renew-certificate',
  data,
  describe: ({ part }) => `renew the certificate of ${part}`,
  async undo({ directory, part }, signal) {
    const open = await openLab(directory);
    if (open === undefined) return;
    await mountOne(open, await openTrust(directory, open.lab.host), part, signal);
  },
};
