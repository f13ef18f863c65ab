import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openTree } from '../src/adapters/files.ts';
import type { FileTree } from '../src/model/world.ts';

/** Writes files to a folder that goes away with the test, and opens it. */
export function temporaryTree(files: Readonly<Record<string, string>>): FileTree {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'launchgate-test-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return openTree(root);
}
