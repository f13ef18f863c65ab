import { z } from 'zod';
import { openLab } from '../lab/open.ts';
import { settleCredential } from '../targets/lab/trust/credentials/index.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string(), credential: z.string() });

/** Both sides of a credential hold the version that the lab keeps, and no other is accepted. */
export const settleCredentialKind: UndoKind<z.infer<typeof data>> = {
  kind: 'settle-credential',
  data,
  describe: ({ credential }) => `settle ${credential} on the version of before`,
  async undo({ directory, credential }, signal) {
    const open = await openLab(directory);
    if (open === undefined) return;
    await settleCredential(open, { signal }, credential);
  },
};
