import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { edgeControl } from '../lab/parts/edge/control.ts';
import { readConfig, writeConfig } from '../lab/parts/edge/files.ts';
import { edgeSetting, isServed, settingInWords, withSetting } from '../lab/parts/edge/settings.ts';
import { masterOf } from '../lab/parts/edge/workers.ts';
import type { UndoKind } from './types.ts';

const data = z.object({ folder: z.string(), setting: edgeSetting });

/** Gives one setting of a lab's edge the value that it had. */
export const edgeSettingUndo: UndoKind<z.infer<typeof data>> = {
  kind: 'edge-setting',
  data,
  describe: ({ setting }) => `set ${settingInWords(setting)} at the edge`,
  async undo({ folder, setting }) {
    // The edge of a lab that is gone needs nothing.
    if (!existsSync(join(folder, 'edge.json'))) return;
    const before = readConfig(folder);
    const after = withSetting(before, setting);
    if (isDeepStrictEqual(after, before) && (await isServed(folder, before))) return;
    // One that is down reads what is written when it starts.
    if (masterOf(folder) === undefined) writeConfig(folder, after);
    else await edgeControl(folder).change((config) => withSetting(config, setting));
  },
};
