import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTree } from '../files.ts';
import { authorsSince } from './authors.ts';
import { materialize } from './materialize.ts';
import { noCommitBecause, readWorkTree } from './work-tree.ts';

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

  it('tells no part of a password, however it is written', async () => {
    commit();
    git('remote', 'add', 'origin', 'https://user:p@ss@example.com/team/shop.git');
    expect((await readWorkTree(folder))?.repository).toBe('https://example.com/team/shop');
    git('remote', 'set-url', 'origin', 'git+https://user:secret@example.com/team/shop');
    expect((await readWorkTree(folder))?.repository).toBe('git+https://example.com/team/shop');
  });

  it('names all who wrote what a merge brings in, and nobody where the clone cannot tell', async () => {
    commit();
    const by = (name: string, ...args: string[]) => git('-c', `user.email=${name}@example.com`, ...args);
    git('checkout', '-q', '-b', 'feature');
    by('cy', 'commit', '-q', '--allow-empty', '-m', 'One');
    by('di', 'commit', '-q', '--allow-empty', '-m', 'Two\n\nCo-authored-by: Ed <ed@example.com>');
    const squashed = await readWorkTree(folder);
    expect(squashed?.authors).toEqual(['di@example.com', 'ed@example.com']);
    git('checkout', '-q', 'main');
    by('bo', 'merge', '-q', '--no-ff', '-m', 'Merge', 'feature');
    const merged = await readWorkTree(folder);
    expect(merged?.authors.toSorted()).toEqual(['bo', 'cy', 'di', 'ed'].map((one) => `${one}@example.com`));
    const shallow = join(folder, 'shallow');
    git('clone', '-q', '--depth', '1', `file://${folder}`, shallow);
    expect((await readWorkTree(shallow))?.authors).toEqual([]);
  });

  it('does not run what the repository configures', async () => {
    commit();
    const proof = join(folder, 'ran');
    git('config', 'core.fsmonitor', `touch ${proof}; false`);
    await readWorkTree(folder);
    expect(readdirSync(folder)).not.toContain('ran');
  });
});

describe('noCommitBecause', () => {
  it('tells a repository without a commit, a bare one, and none at all', async () => {
    expect((await noCommitBecause(folder)).because).toContain('has no commit');
    commit();
    git('clone', '-q', '--bare', folder, join(folder, 'bare'));
    expect((await noCommitBecause(join(folder, 'bare'))).because).toContain('is a bare repository');
    const outside = mkdtempSync(join(tmpdir(), 'launchgate-none-'));
    expect((await noCommitBecause(outside)).because).toContain('is in no git repository');
    rmSync(outside, { recursive: true });
  });

  it('is told in words where git gives up', async () => {
    commit();
    await expect(authorsSince(folder, 'f'.repeat(40), [])).rejects.toMatchObject({
      code: 'input-unreadable',
      message: expect.stringContaining(`failed in ${folder}: fatal: `) as string,
    });
  });
});

describe('authorsSince', () => {
  const addresses = (...names: string[]): string[] => names.map((name) => `${name}@example.com`);
  const by = (name: string, subject: string): string => {
    git('-c', `user.email=${name}@example.com`, 'commit', '-q', '--allow-empty', '-m', subject);
    return git('rev-parse', 'HEAD').trim();
  };
  const since = async (...reviewed: string[]) =>
    (await authorsSince(folder, git('rev-parse', 'HEAD').trim(), reviewed))?.toSorted();

  it('names the authors of every commit that came since, however many were pushed at once', async () => {
    commit();
    const bo = by('bo', 'One');
    by('cy', 'Two\n\nCo-authored-by: Ed <ed@example.com>');
    by('di', 'Three');
    expect(await since()).toEqual(addresses('ana', 'bo', 'cy', 'di', 'ed'));
    expect(await since(bo)).toEqual(addresses('cy', 'di', 'ed'));
  });

  it('names who committed what another wrote, and cannot tell where a commit names no author', async () => {
    commit();
    const start = git('rev-parse', 'HEAD').trim();
    by('bo', 'One');
    git('-c', 'user.email=cy@example.com', 'commit', '-q', '--amend', '--no-edit', '--allow-empty');
    expect(await since(start)).toEqual(addresses('bo', 'cy'));
    expect(await since('HEAD')).toEqual(addresses('bo', 'cy'));
    expect((await readWorkTree(folder))?.authors).toEqual(addresses('bo'));
    git('commit', '-q', '--allow-empty', '--author', 'Nobody <>', '-m', 'Two');
    by('di', 'Three');
    expect(await since(start)).toBeUndefined();
  });

  it('takes all of the history where the reviewed commit is not there, and the last author where nothing is new', async () => {
    commit();
    by('bo', 'One');
    const di = by('di', 'Two');
    expect(await since('f'.repeat(40))).toEqual(addresses('ana', 'bo', 'di'));
    expect(await since(di)).toEqual(addresses('di'));
    git('checkout', '-q', 'HEAD~1');
    expect(await since(di)).toEqual(addresses('bo'));
  });

  it('cannot tell in a clone that was cut off within the range', async () => {
    commit();
    const bo = by('bo', 'One');
    const cy = by('cy', 'Two');
    const di = by('di', 'Three');
    const shallow = join(folder, 'shallow');
    git('clone', '-q', '--depth', '3', `file://${folder}`, shallow);
    expect(await authorsSince(shallow, di, [])).toBeUndefined();
    expect(await authorsSince(shallow, di, [cy])).toEqual(addresses('di'));
    expect(await authorsSince(shallow, di, [bo])).toEqual(addresses('di', 'cy'));
    git('clone', '-q', '--depth', '1', `file://${folder}`, `${shallow}er`);
    expect(await authorsSince(`${shallow}er`, di, [cy])).toBeUndefined();
  });

  it('is not told other parents by a file beside the history', async () => {
    commit();
    by('bo', 'One');
    const cy = by('cy', 'Two');
    writeFileSync(join(folder, '.git/info/grafts'), `${cy}\n`);
    expect(await since()).toEqual(addresses('ana', 'bo', 'cy'));
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

  it('writes links that stay inside as links, which hide nothing that a work tree shows', async () => {
    commit();
    symlinkSync('../deploy/api.yaml', join(folder, 'deploy/again.yaml'));
    git('add', '-A');
    git('commit', '-q', '-m', 'second');
    const into = mkdtempSync(join(tmpdir(), 'launchgate-tree-'));
    expect(await materialize(folder, 'HEAD', into)).toEqual(['link.yaml']);
    expect(readlinkSync(join(into, 'deploy/again.yaml'))).toBe('../deploy/api.yaml');
    expect(openTree(into).files).toEqual(['deploy/again.yaml', 'deploy/api.yaml', 'ünï code.yaml']);
    expect(openTree(into).gaps).toMatchObject([{ path: 'link.yaml', reason: 'is a link out of the repository' }]);
    rmSync(into, { recursive: true });
  });

  it('takes what the commit names, whatever is to stand in its place here', async () => {
    commit();
    writeFileSync(join(folder, 'other'), 'kind: Other\n');
    git('replace', git('rev-parse', 'HEAD:deploy/api.yaml').trim(), git('hash-object', '-w', 'other').trim());
    const into = mkdtempSync(join(tmpdir(), 'launchgate-tree-'));
    await materialize(folder, 'HEAD', into);
    expect(readFileSync(join(into, 'deploy/api.yaml'), 'utf8')).toBe('kind: Deployment\n');
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
