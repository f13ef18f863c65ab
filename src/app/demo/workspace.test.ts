import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { temporaryTree } from '../../../test/temporary-tree.ts';
import { copyExample } from './workspace.ts';

afterEach(() => vi.unstubAllEnvs());

it('commits to the copy, and not to the repository whose hook started it', () => {
  const { root } = temporaryTree({ 'mine/a.txt': 'a\n' });
  const mine = join(root, 'mine');
  execFileSync('git', ['init', '-q'], { cwd: mine });
  vi.stubEnv('GIT_DIR', join(mine, '.git'));
  const copy = copyExample(join(root, 'demo'), {});
  expect(copy.committed).toBe(true);
  expect(existsSync(join(copy.root, '.git', 'HEAD'))).toBe(true);
  vi.unstubAllEnvs();
  expect(execFileSync('git', ['rev-list', '--all', '--count'], { cwd: mine, encoding: 'utf8' }).trim()).toBe('0');
});
