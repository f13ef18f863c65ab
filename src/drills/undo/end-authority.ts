import { z } from 'zod';
import { openLab } from '../lab/open.ts';
import { openTrust } from '../lab/trust/store.ts';
import { mountAll } from '../targets/lab/trust/mounts.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string() });

/** Ends a change of authority, at whichever step it was left, so that all parts hold certificates of one authority and trust it alone. */
export const endAuthority: UndoKind<z.infer<typeof data>> = {
  kind: 'end-authority',
  data,
  describe: () => 'end the change of authority',
  async undo({ directory }, signal) {
    const open = await openLab(directory);
    if (open === undefined) return;
    const trust = await openTrust(directory, open.lab.host);
    if (trust.rotation() === 'none') return;
    // First all hold what everybody trusts, and only then is the other one forgotten.
    await mountAll(open, trust, signal);
    trust.endRotation();
    await mountAll(open, trust, signal);
  },
};
