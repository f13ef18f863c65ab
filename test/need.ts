import { appendFileSync } from 'node:fs';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Whether a server or tool that a suite needs is on PATH. A lack is recorded, so that the test command counts it; with
 * REQUIRE_ALL=1 it is an error.
 */
export function needs(tool: string): boolean {
  if (onPath(tool)) return true;
  if (process.env['REQUIRE_ALL'] === '1') throw new Error(`${tool} is not on PATH; run tools/setup`);
  const record = process.env['LAUNCHGATE_TEST_LACKS'];
  if (record !== undefined) appendFileSync(record, `${tool} is not on PATH\n`);
  return false;
}

function onPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
