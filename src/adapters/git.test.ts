import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { materialize, readWorkTree } from './git.ts';

let folder: string;
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launchgate-git-'));
  git('init', '-q', '-b', 'main');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function commit(): void {
  mkdirSync(join(folder, 'deploy'), { recursive: true });
  writeFileSync(join(folder, 'deploy/api.yaml'), 'kind: Deployment\n');
  writeFileSync(join(folder, 'ünï code.yaml'), 'kind: Service\r\n');
  symlinkSync('/etc/passwd', join(folder, 'link.yaml'));
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
}

describe('readWorkTree', () => {
  it('answers nothing where there is no commit', async () => {
    expect(await readWorkTree(folder)).toBeUndefined();
  });

  it('names the commit, its author and what differs from it', async () => {
    commit();
    git('remote', 'add', 'origin', 'https://user:secret@example.com/team/shop.git');
    writeFileSync(join(folder, 'new.yaml'), 'kind: Job\n');
    mkdirSync(join(folder, '.launchgate'));
    writeFileSync(join(folder, '.launchgate/state'), 'x');
    expect(await readWorkTree(folder)).toMatchObject({
      commit: git('rev-parse', 'HEAD').trim(),
      changed: ['new.yaml'],
      repository: 'https://example.com/team/shop',
      author: { name: 'Ana', email: 'ana@example.com' },
    });
  });

  it('does not run what the repository configures', async () => {
    commit();
    const proof = join(folder, 'ran');
    git('config', 'core.fsmonitor', `touch ${proof}; false`);
    await readWorkTree(folder);
    expect(readdirSync(folder)).not.toContain('ran');
  });
});

describe('materialize', () => {
  it('writes the committed blobs, not the work tree, and no links', async () => {
    commit();
    writeFileSync(join(folder, 'deploy/api.yaml'), 'kind: Changed\n');
    const into = mkdtempSync(join(tmpdir(), 'launchgate-tree-'));
    expect(await materialize(folder, 'HEAD', into)).toEqual(['link.yaml']);
    expect(readFileSync(join(into, 'deploy/api.yaml'), 'utf8')).toBe('kind: Deployment\n');
    expect(readFileSync(join(into, 'ünï code.yaml'), 'utf8')).toBe('kind: Service\r\n');
    rmSync(into, { recursive: true });
  });

  it('takes a folder below the top as the root', async () => {
    commit();
    const into = mkdtempSync(join(tmpdir(), 'launchgate-tree-'));
    await materialize(join(folder, 'deploy'), 'HEAD', into);
    expect(readdirSync(into)).toEqual(['api.yaml']);
    rmSync(into, { recursive: true });
  });
});
