import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LaunchgateError } from '../model/errors.ts';
import { openTree } from './files.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'launchgate-files-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, content: string | Uint8Array = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof LaunchgateError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('openTree', () => {
  it('lists files sorted, without version control and dependencies', () => {
    for (const path of [
      'b.yaml',
      'a/z.yaml',
      'a/b/c.tf',
      '.git/config',
      'x/node_modules/m.js',
      '.github/workflows/ci.yml',
    ])
      put(path);
    const tree = openTree(root);
    expect(tree.files).toEqual(['.github/workflows/ci.yml', 'a/b/c.tf', 'a/z.yaml', 'b.yaml']);
    expect(tree.gaps).toEqual([]);
    expect(tree.has('a/z.yaml')).toBe(true);
    expect(tree.has('a')).toBe(false);
  });

  it('keeps build outputs, which people deploy from', () => {
    put('dist/manifest.yaml');
    expect(openTree(root).files).toEqual(['dist/manifest.yaml']);
  });

  it('opens a single file as a tree of one', () => {
    put('one.yaml', 'a: 1');
    put('other.yaml');
    const tree = openTree(join(root, 'one.yaml'));
    expect(tree.files).toEqual(['one.yaml']);
    expect(tree.text('one.yaml')).toBe('a: 1');
  });

  it('says so when there is nothing at the root', () => {
    expect(codeOf(() => openTree(join(root, 'missing')))).toBe('not-found');
  });

  it('stops at the bound of files and names the rest as hidden', () => {
    for (let index = 0; index < 5; index += 1) put(`${index}.md`);
    const tree = openTree(root, { files: 3 });
    expect(tree.files).toHaveLength(3);
    expect(tree.gaps).toHaveLength(1);
    expect(tree.gaps[0]?.hides).toContain('kubernetes');
  });

  it('stops at the bound of depth', () => {
    put('a/b/c/d.yaml');
    const tree = openTree(root, { depth: 2 });
    expect(tree.files).toEqual([]);
    expect(tree.gaps).toMatchObject([{ path: 'a/b/c', reason: 'lies deeper than 2 folders' }]);
  });
});

describe('links', () => {
  it('follows links that stay inside, to files and to folders', () => {
    put('base/a.yaml', 'a: 1');
    symlinkSync('base', join(root, 'linked'));
    symlinkSync('base/a.yaml', join(root, 'b.yaml'));
    const tree = openTree(root);
    expect(tree.files).toEqual(['b.yaml', 'base/a.yaml', 'linked/a.yaml']);
    expect(tree.text('linked/a.yaml')).toBe('a: 1');
    expect(tree.text('b.yaml')).toBe('a: 1');
  });

  it('reports links out of the root and reads nothing through them', () => {
    symlinkSync('/etc/passwd', join(root, 'users.yaml'));
    symlinkSync('/etc', join(root, 'config'));
    symlinkSync('../', join(root, 'up'));
    const tree = openTree(root);
    expect(tree.files).toEqual([]);
    expect(tree.gaps.map((gap) => gap.path).sort()).toEqual(['config', 'up', 'users.yaml']);
    expect(tree.gaps.find((gap) => gap.path === 'config')?.hides).toContain('terraform');
    expect(codeOf(() => tree.read('users.yaml'))).toBe('input-unreadable');
  });

  it('refuses a file that becomes a link out of the root after it was listed', () => {
    put('a.yaml', 'a: 1');
    const tree = openTree(root);
    rmSync(join(root, 'a.yaml'));
    symlinkSync('/etc/passwd', join(root, 'a.yaml'));
    expect(codeOf(() => tree.read('a.yaml'))).toBe('input-hostile');
  });

  it('ends in loops of every kind', () => {
    put('a/x.yaml');
    symlinkSync('.', join(root, 'a/self'));
    symlinkSync('..', join(root, 'a/up'));
    symlinkSync('loop', join(root, 'loop'));
    mkdirSync(join(root, 'b'));
    symlinkSync('../b', join(root, 'a/b'));
    symlinkSync('../a', join(root, 'b/a'));
    const tree = openTree(root);
    expect(tree.files).toContain('a/x.yaml');
    expect(tree.files.length).toBeLessThan(10);
    expect(tree.gaps.map((gap) => gap.path)).toContain('loop');
  });

  it('does not let links multiply the tree', () => {
    for (let level = 0; level < 12; level += 1) {
      put(`l${level}/f.yaml`);
      if (level === 0) continue;
      for (const name of ['x', 'y']) symlinkSync(`../l${level - 1}`, join(root, `l${level}/${name}`));
    }
    expect(openTree(root).files.length).toBeLessThan(100);
  });

  it('reports links to nothing and into folders that are not read', () => {
    put('.git/config', 'secret');
    symlinkSync('.git/config', join(root, 'c.yaml'));
    symlinkSync('gone.yaml', join(root, 'd.yaml'));
    const tree = openTree(root);
    expect(tree.files).toEqual([]);
    expect(tree.gaps.map((gap) => gap.path).sort()).toEqual(['c.yaml', 'd.yaml']);
  });

  it('leaves out what Bazel and Nix link beside the sources', () => {
    symlinkSync('/etc', join(root, 'bazel-out'));
    symlinkSync('/nix/store/gone', join(root, 'result'));
    expect(openTree(root).gaps).toEqual([]);
  });
});

describe('things that are no files', () => {
  it('never opens a pipe or a socket', async () => {
    execFileSync('mkfifo', [join(root, 'pipe.yaml')]);
    symlinkSync('pipe.yaml', join(root, 'link.yaml'));
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(join(root, 'socket.yaml'), resolve);
    });
    const tree = openTree(root);
    expect(tree.files).toEqual([]);
    expect(tree.gaps.map((gap) => gap.path).sort()).toEqual(['link.yaml', 'pipe.yaml', 'socket.yaml']);
    server.close();
  });

  it('refuses a file that becomes a pipe after it was listed', () => {
    put('a.yaml', 'a: 1');
    const tree = openTree(root);
    rmSync(join(root, 'a.yaml'));
    execFileSync('mkfifo', [join(root, 'a.yaml')]);
    expect(codeOf(() => tree.read('a.yaml'))).toBe('input-hostile');
  });

  it('reports names that are not UTF-8, and takes those that only look like it', () => {
    const named = (bytes: string): Buffer => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(bytes, 'latin1')]);
    writeFileSync(named('b\xff.yaml'), 'a: 1');
    mkdirSync(named('x\xfe'));
    writeFileSync(join(root, 'c\uFFFD.yaml'), 'a: 1');
    const { files, gaps } = openTree(root);
    expect(files).toEqual(['c\uFFFD.yaml']);
    expect(gaps.map(({ path, reason, fix }) => [path, reason, fix])).toEqual([
      ['b\uFFFD.yaml', 'has a name that is not UTF-8, and cannot be opened', 'Rename it.'],
      ['x\uFFFD', 'has a name that is not UTF-8, and cannot be opened', 'Rename it.'],
    ]);
  });

  it('reports a folder that may not be read', () => {
    put('secret/a.yaml');
    put('open.yaml');
    chmodSync(root, 0o755);
    chmodSync(join(root, 'secret'), 0o000);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    const tree = openTree(root);
    if (isRoot) process.seteuid?.(0);
    chmodSync(join(root, 'secret'), 0o755);
    expect(tree.files).toEqual(['open.yaml']);
    expect(tree.gaps).toMatchObject([{ path: 'secret', reason: 'cannot be listed (EACCES)' }]);
    expect(tree.gaps[0]?.hides).toContain('kubernetes');
  });
});

describe('read and text', () => {
  it.each(['../x', '/etc/passwd', 'a/../../x', 'a\0b', './a.yaml/../../x'])('refuses %j', (path) => {
    put('a.yaml');
    expect(codeOf(() => openTree(root).read(path))).toBe('input-hostile');
  });

  it('reads only what it listed', () => {
    put('.git/config', 'secret');
    const tree = openTree(root);
    expect(codeOf(() => tree.read('.git/config'))).toBe('input-unreadable');
    expect(codeOf(() => tree.read(''))).toBe('input-unreadable');
    expect(codeOf(() => tree.read('.'))).toBe('input-unreadable');
  });

  it('refuses a file over the bound, at the bound reads it', () => {
    put('big.yaml', 'x'.repeat(11));
    put('fits.yaml', 'x'.repeat(10));
    const tree = openTree(root, { bytes: 10 });
    expect(codeOf(() => tree.read('big.yaml'))).toBe('input-hostile');
    expect(tree.text('fits.yaml')).toBe('x'.repeat(10));
  });

  it('takes no pointer of Git LFS for the content', () => {
    put('api.yaml', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n');
    expect(codeOf(() => openTree(root).text('api.yaml'))).toBe('input-unreadable');
  });

  it('reads an empty file', () => {
    put('empty.yaml');
    expect(openTree(root).text('empty.yaml')).toBe('');
  });

  it('drops a byte order mark and keeps the rest', () => {
    put('a.yaml', '\uFEFFä: "\uFEFF"');
    expect(openTree(root).text('a.yaml')).toBe('ä: "\uFEFF"');
  });

  it('refuses UTF-16 and says what it is', () => {
    put('a.yaml', Buffer.from('\uFEFFa: 1', 'utf16le'));
    expect(() => openTree(root).text('a.yaml')).toThrow('a.yaml is UTF-16, expected UTF-8');
  });

  it('refuses invalid UTF-8 and names the line', () => {
    put('a.yaml', Buffer.concat([Buffer.from('a: 1\nb: '), Buffer.from([0xc3, 0x28])]));
    expect(() => openTree(root).text('a.yaml')).toThrow('a.yaml is not valid UTF-8 (line 2)');
    expect(openTree(root).read('a.yaml')).toHaveLength(10);
  });

  it('says so when a file has gone', () => {
    put('a.yaml');
    const tree = openTree(root);
    rmSync(join(root, 'a.yaml'));
    expect(codeOf(() => tree.read('a.yaml'))).toBe('input-unreadable');
  });
});
