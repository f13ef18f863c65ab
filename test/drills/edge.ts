/** An edge that is broken on purpose for the time of a drill. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { edgeControl } from '../../src/drills/lab/parts/edge/control.ts';
import { testConfig } from '../../src/drills/lab/parts/edge/files.ts';
import type { EdgeConfig } from '../../src/drills/lab/parts/edge/types.ts';
import { masterOf } from '../../src/drills/lab/parts/edge/workers.ts';
import type { DrillLab } from './drill-lab.ts';

/** Runs it with a configuration that no spec asked for, and gives the edge its own again. */
export async function withEdge<T>(
  { platform }: DrillLab,
  change: (config: EdgeConfig) => EdgeConfig,
  work: () => Promise<T>,
): Promise<T> {
  const control = edgeControl(platform.open.lab.folder('edge'));
  const before = control.config();
  await control.change(change);
  try {
    return await work();
  } finally {
    await control.change(({ generation }) => ({ ...before, generation }));
  }
}

/** Runs it with nginx's own file edited, as somebody would do in a hurry, and gives the edge its own again. */
export async function withNginx<T>(
  { platform }: DrillLab,
  edit: (text: string) => string,
  work: () => Promise<T>,
): Promise<T> {
  const folder = platform.open.lab.folder('edge');
  const path = join(folder, 'conf/nginx.conf');
  const before = readFileSync(path, 'utf8');
  const edited = edit(before);
  if (edited === before) throw new Error('the edit changes nothing');
  writeFileSync(path, edited);
  await testConfig(folder);
  process.kill(masterOf(folder)!, 'SIGHUP');
  // Workers of before take no new connections within a moment; nothing tells a drill's test when.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  try {
    return await work();
  } finally {
    await edgeControl(folder).change((config) => config);
  }
}
