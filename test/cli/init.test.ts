import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileSigner } from '../../src/adapters/keys.ts';
import { openSequencer } from '../../src/app/acts.ts';
import { keyFolder, sequencerKeyName, writePin } from '../../src/app/home.ts';
import { logKey } from '../../src/ledger/checkpoint.ts';
import { formatVkey } from '../../src/ledger/vkey.ts';
import { expectCode, service, workspace } from './workspace.ts';

describe('init', () => {
  it('begins again where it broke off before anything was logged', async () => {
    for (const isLogMade of [false, true]) {
      const tree = workspace({ 'deploy/api.yaml': service('api') });
      const env = { LAUNCHGATE_HOME: tree.home };
      const folder = join(tree.root, '.launchgate');
      const { publicKey } = await fileSigner(keyFolder(env), sequencerKeyName(env, folder));
      const logKeys = [formatVkey(logKey('launchgate.local/shop/1', publicKey))];
      writePin(env, folder, { policyRoot: `sha256:${'0'.repeat(64)}`, logKeys });
      if (isLogMade) await (await openSequencer({ root: tree.root }, env, 'launchgate.local/shop/1')).close();
      const { out } = expectCode(await tree.launchgate('init --person ana'), 0);
      expect(out).toContain('policy version 1: owner ana');
      expect(expectCode(await tree.launchgate('policy show'), 0).out).toContain('version: 1');
      expect((await tree.launchgate('init --person bo')).out).toContain('the ledger is there already');
    }
  });

  it('keeps a ledger of which this machine pins nothing, and says so', async () => {
    const tree = workspace({ 'deploy/api.yaml': service('api') });
    expectCode(await tree.launchgate('init --person ana'), 0);
    const { out } = await tree.launchgate('init', { env: { LAUNCHGATE_HOME: join(tree.base, 'other') } });
    expect(out).toContain('this machine pins nothing of it: run "launchgate policy pin"');
  });

  it('writes a valid spec, founds a policy, pins both roots, and keeps keys to its owner', async () => {
    const tree = workspace({ 'deploy/api.yaml': service('api') });
    tree.commit();
    const { code, out } = await tree.launchgate('init --person ana');
    expect(code).toBe(0);
    expect(out).toMatch(/policy root sha256:[0-9a-f]{64}/);
    expect(out).toMatch(/log key launchgate\.local\//);
    const check = await tree.launchgate('check -f json');
    expect(JSON.parse(check.out)).toMatchObject({ platform: { provisional: false } });
    expect((await tree.launchgate('policy show')).out).toContain('id: ana');
    const keys = readdirSync(join(tree.home, 'keys')).filter((name) => name.endsWith('.key'));
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(statSync(join(tree.home, 'keys', key)).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(tree.home, 'pins'))).not.toEqual([]);
    expect(tree.read('.launchgate/.gitignore')).toContain('ledger/');
  });

  it('takes the person from git', async () => {
    const tree = workspace({ 'deploy/api.yaml': service('api') });
    tree.commit();
    tree.git('config', 'user.email', 'noor@example.com');
    await tree.launchgate('init');
    expect((await tree.launchgate('policy show')).out).toContain('email: noor@example.com');
  });

  it.each([
    [
      '--email a@b.c',
      'launchgate: --email "a@b.c" cannot stand in a policy: expected an address such as ana@example.com',
    ],
    ['--person Ana', 'launchgate: --person "Ana" cannot stand in a policy: expected a name of lower-case letters'],
  ])('refuses %s before it writes anything', async (flags, said) => {
    const tree = workspace({ 'deploy/api.yaml': service('api') });
    const { code, err } = await tree.launchgate(`init ${flags}`);
    expect(code).toBe(2);
    expect(err).toContain(said);
    expect(err).toContain('Correct --');
    expect(err).not.toContain('fault in Launchgate');
    expect(() => tree.read('launchgate.yaml')).toThrow('ENOENT');
  });

  it('describes a folder, and no file in it', async () => {
    const tree = workspace({ 'deploy/api.yaml': service('api') });
    const { code, out, err } = await tree.launchgate('init deploy/api.yaml');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('deploy/api.yaml is a file');
    expect(readdirSync(join(tree.root, 'deploy'))).toEqual(['api.yaml']);
  });

  it('changes nothing the second time', async () => {
    const tree = workspace({ 'deploy/api.yaml': service('api') });
    await tree.launchgate('init --person ana');
    const before = [tree.read('launchgate.yaml'), tree.read('.launchgate/ledger/checkpoint')];
    expect(await tree.launchgate('init --person bo')).toMatchObject({ code: 0 });
    expect([tree.read('launchgate.yaml'), tree.read('.launchgate/ledger/checkpoint')]).toEqual(before);
    expect((await tree.launchgate('policy show')).out).not.toContain('id: bo');
  });

  it('--no-policy writes the spec only', async () => {
    const tree = workspace({ 'deploy/api.yaml': service('api') });
    expect((await tree.launchgate('init --no-policy')).out).toBe('wrote launchgate.yaml\n');
    expect(readdirSync(tree.root).sort()).toEqual(['deploy', 'launchgate.yaml']);
  });

  it('says what could not be read, once for each cause, and how to mend it', async () => {
    const chart = (name: string): Record<string, string> => ({
      [`${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`,
      [`${name}/templates/api.yaml`]: service('api'),
    });
    const values = { 'shop/values-production.yaml': 'a: 1\n', 'shop/values-staging.yaml': 'a: 2\n' };
    const tree = workspace({ ...chart('shop'), ...chart('desk'), ...values, 'deploy/web.yaml': service('web') });
    const { code, err } = await tree.launchgate('init --no-policy --no-render');
    expect(code).toBe(0);
    expect(err.match(/and 1 more could not be read, and what they hold is not described: /g)).toHaveLength(1);
    expect(err).toContain('run "launchgate init" again');
    expect(tree.read('launchgate.yaml')).not.toContain('name: api');
    const whole = workspace({ 'deploy/web.yaml': service('web') });
    expect((await whole.launchgate('init --no-policy')).err).not.toContain('could not be read');
  });

  it('founds nothing on a spec that cannot be read, and says what is wrong with it', async () => {
    const tree = workspace({ 'launchgate.yaml': 'apiVersion: launchgate/v1\nkind: Platfrom\nname: shop\n' });
    const wrong = await tree.launchgate('init --person ana');
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('launchgate.yaml:2:1: at kind: expected Platform');
    rmSync(join(tree.root, 'launchgate.yaml'));
    mkdirSync(join(tree.root, 'launchgate.yaml'));
    const folder = await tree.launchgate('init --person ana');
    expect(folder).toMatchObject({ code: 2, out: '' });
    expect(folder.err).toContain('launchgate.yaml is not a file');
    expect(readdirSync(tree.root)).toEqual(['launchgate.yaml']);
  });

  it('founds anew where the ledger was deleted, once what is pinned of it is deleted as well, and says so', async () => {
    const tree = workspace({ 'deploy/api.yaml': service('api') });
    expectCode(await tree.launchgate('init --person ana'), 0);
    rmSync(join(tree.root, '.launchgate'), { recursive: true });
    const { code, err } = await tree.launchgate('init --person ana');
    expect(code).toBe(1);
    const [, told = ''] = /delete (\S+)\* first/.exec(err) ?? [];
    const deleted = readdirSync(dirname(told)).filter((name) => name.startsWith(basename(told)));
    expect(deleted).toHaveLength(2);
    for (const name of deleted) rmSync(join(dirname(told), name));
    expectCode(await tree.launchgate('init --person ana'), 0);
    expectCode(await tree.launchgate('policy show'), 0);
  });
});
