import { z } from 'zod';
import { openLab } from '../lab/open.ts';
import { pagerClient } from '../targets/lab/pager.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string(), mark: z.object({ name: z.string(), value: z.string() }) });

/** Acknowledges every page that carries a mark: who sent it is gone, so nothing would ever resolve it. */
export const acknowledgePages: UndoKind<z.infer<typeof data>> = {
  kind: 'acknowledge-pages',
  data,
  describe: ({ mark }) => `acknowledge the pages of run ${mark.value}`,
  async undo({ directory, mark }, signal) {
    const open = await openLab(directory);
    if (open === undefined) return;
    const pager = pagerClient(open.lab, signal);
    for (const { id, labels, kind } of await pager.since(0))
      if (kind === 'page' && labels[mark.name] === mark.value) await pager.acknowledge(id, 'the end of the drill');
  },
};
