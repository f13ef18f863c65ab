import { z } from 'zod';
import { sweep } from '../../adapters/netns/index.ts';
import { closeOpenPackets } from '../segments/open.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ run: z.string() });

/** Removes the network of a run: its own while it lives, and otherwise those of all processes that are gone. */
export const closeNetwork: UndoKind<z.infer<typeof data>> = {
  kind: 'close-network',
  data,
  describe: () => 'remove the network of packets',
  async undo({ run }) {
    await closeOpenPackets(run);
    await sweep();
  },
};
