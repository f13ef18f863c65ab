import { readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addScan, gated } from './gated.ts';
import { expectCode, service, SPEC, workspace, type Workspace } from './workspace.ts';

let world: Workspace;
let digest: string;
let folder: string;

beforeAll(async () => {
  world = await gated();
  digest = await addScan(world);
  folder = join(world.root, '.launchgate');
});
afterAll(() => world.remove());

/** Files that hold what the log commits to. */
function committed(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .filter((path) => path.startsWith('evidence/') || path.includes('tile/') || path.endsWith('checkpoint'))
    .sort();
}

/** Changes one byte of a file for as long as `during` runs. */
async function flipped<T>(path: string, at: number, during: () => Promise<T>): Promise<T> {
  const file = join(folder, path);
  const bytes = readFileSync(file);
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 0x01;
  writeFileSync(file, changed);
  try {
    return await during();
  } finally {
    writeFileSync(file, bytes);
  }
}

describe('ledger fsck', () => {
  it('sound: exit 0, with every signature verified', async () => {
    const { code, out } = await world.launchgate('ledger fsck');
    expect(code).toBe(0);
    expect(out).toMatch(/^sound: 3 entries of launchgate\.local\/shop\/[0-9a-f]{8}, all signatures verified/);
    expect(JSON.parse((await world.launchgate('ledger fsck -f json --no-signatures')).out)).toMatchObject({
      kind: 'LedgerCheck',
      state: 'sound',
    });
  });

  it('one flipped byte in any of its files: exit 1, naming the file', async () => {
    const files = committed();
    expect(files.length).toBeGreaterThanOrEqual(6);
    for (const path of files) {
      const { size } = statSync(join(folder, path));
      for (const at of [0, Math.floor(size / 2), size - 2]) {
        const { code, out } = await flipped(path, at, () => world.launchgate('ledger fsck --no-signatures'));
        expect({ code, path, at }).toEqual({ code: 1, path, at });
        expect(out).toContain(path.startsWith('evidence/') ? relative('evidence', path) : path.split('/').at(-1));
      }
    }
  });

  it('evidence that is gone: exit 1; no ledger: exit 2', async () => {
    const gone = await gated();
    await addScan(gone);
    rmSync(join(gone.root, '.launchgate/evidence'), { recursive: true });
    expect((await gone.launchgate('ledger fsck --no-signatures')).code).toBe(1);
    rmSync(join(gone.root, '.launchgate/ledger'), { recursive: true });
    expect((await gone.launchgate('ledger fsck --no-signatures')).code).toBe(2);
  });

  it('a checkpoint that leads to what has no end is not read: exit 2', async () => {
    const endless = await gated();
    const checkpoint = join(endless.root, '.launchgate/ledger/checkpoint');
    rmSync(checkpoint);
    symlinkSync('/dev/zero', checkpoint);
    expect((await endless.launchgate('ledger fsck')).code).toBe(2);
  });

  it('a log that was rolled back is not sound', async () => {
    const rolled = await gated();
    const ledger = join(rolled.root, '.launchgate/ledger');
    const before = readFileSync(join(ledger, 'checkpoint'));
    await addScan(rolled);
    writeFileSync(join(ledger, 'checkpoint'), before);
    expect((await rolled.launchgate('ledger fsck --no-signatures')).code).toBe(1);
    const { code, out } = await rolled.launchgate('gate static');
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('a log that was rolled back is not sound by whichever path it is named', async () => {
    const rolled = await gated();
    symlinkSync('.', join(rolled.root, 'here'));
    const before = readFileSync(join(rolled.root, '.launchgate/ledger/checkpoint'));
    await addScan(rolled);
    writeFileSync(join(rolled.root, '.launchgate/ledger/checkpoint'), before);
    for (const platform of ['launchgate.yaml', 'here/launchgate.yaml', 'here/here/launchgate.yaml'])
      expect((await rolled.launchgate(`ledger fsck --no-signatures --platform ${platform}`)).code).toBe(1);
  });
});

describe('a record that is a repository of its own', () => {
  it('is read where git writes other line ends into what it checks out', async () => {
    const own = await gated();
    const record = join(own.root, '.launchgate');
    const local = ['tmp/', 'ledger/lock', 'ledger/lock.holder', 'ledger/staging'];
    writeFileSync(join(record, '.gitignore'), `${local.join('\n')}\n`);
    own.git('-C', record, 'init', '-q', '-b', 'main');
    own.git('-C', record, 'add', '-A');
    own.git('-C', record, 'commit', '-q', '-m', 'The record');
    renameSync(record, join(own.base, 'record'));
    own.git('clone', '-q', '-c', 'core.autocrlf=true', join(own.base, 'record'), record);
    expectCode(await own.launchgate('gate static'), 0);
    expectCode(await own.launchgate('ledger fsck'), 0);
  });
});

describe('ledger prove and checkpoint', () => {
  it('prove writes an offline proof', async () => {
    const { code, out } = await world.launchgate(`ledger prove ${digest}`);
    expect(code).toBe(0);
    expect(out).toMatch(/^c2sp\.org\/tlog-proof@v1\n/);
    const shown = (await world.launchgate('ledger checkpoint')).out;
    expect(out.trimEnd().endsWith(shown.trimEnd())).toBe(true);
    expectCode(await world.launchgate(`ledger prove ${digest} -o ../x.tlog-proof`), 0);
    expect(readFileSync(join(world.base, 'x.tlog-proof'), 'utf8')).toBe(out);
  });

  it('prove knows only what is in the log: exit 2', async () => {
    expect(await world.launchgate('ledger prove sha256:00')).toMatchObject({ code: 2, out: '' });
    expect(await world.launchgate(`ledger prove sha256:${'0'.repeat(64)}`)).toMatchObject({ code: 2, out: '' });
  });

  it.each(['', 'sha256:', 'a'])('prove takes %j for no name of an entry: exit 2', async (name) => {
    const { code, out, err } = await world.run(['ledger', 'prove', name]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('too short to name an entry');
  });

  it('checkpoint is the signed note as it is stored', async () => {
    const { out } = await world.launchgate('ledger checkpoint');
    expect(out).toBe(readFileSync(join(folder, 'ledger/checkpoint'), 'utf8'));
  });
});

describe('a repository of others', () => {
  it('has no file outside of it written through its links, when a policy is founded in it', async () => {
    const theirs = workspace({ 'launchgate.yaml': SPEC, '.launchgate/README': '', 'deploy/api.yaml': service('api') });
    const mine = join(theirs.base, 'mine');
    writeFileSync(mine, 'precious');
    for (const name of ['.gitignore', '.gitattributes']) symlinkSync(mine, join(theirs.root, '.launchgate', name));
    expectCode(await theirs.launchgate('init --person ana --name Ana'), 0);
    expect(readFileSync(mine, 'utf8')).toBe('precious');
  });
});
