import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { openLab } from '../lab/open.ts';
import { load } from '../lab/parts/observability/loaded.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ directory: z.string(), before: z.string() });
const files = z.array(
  z.object({
    part: z.enum(['prometheus', 'alertmanager']),
    path: z.string().regex(/^(?:rules\/)?[a-z0-9.-]+\.json$/),
    content: z.string(),
  }),
);

/** Has Prometheus and Alertmanager of a lab load what they had loaded before, which lies in a file of the run. */
export const monitoringPace: UndoKind<z.infer<typeof data>> = {
  kind: 'monitoring-pace',
  data,
  describe: () => 'let alerts run at the speed they had',
  async undo({ directory, before }, signal) {
    const open = await openLab(directory);
    if (open !== undefined) await load(open.lab, files.parse(JSON.parse(readFileSync(before, 'utf8'))), signal);
  },
};
