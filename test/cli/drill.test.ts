/** The verbs of drills as they are typed, where no lab runs. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { makePlace } from '../../src/drills/lab/run/place.ts';
import { writeState } from '../../src/drills/lab/run/state.ts';
import { world } from './rehearsal-gate.ts';
import { SPEC, workspace } from './workspace.ts';

// Each is a policy and a command or two.
vi.setConfig({ testTimeout: 120_000 });

const OWN_DRILL = (program: string): string =>
  `apiVersion: launchgate/v1\nkind: Drill\nname: mine\ntitle: Mine\nsummary: x\nblastRadius: x\nhypothesis:\n  - { name: well, command: { run: [echo, '1'] }, atLeast: 1 }\nsteps:\n  - { name: go, command: { run: ['${program}'] }, undo: none }\n`;

/** As a lab leaves its folder that was started from the reference platform, and is up. */
function labOfAnotherVersion(root: string): void {
  const directory = join(root, '.launchgate/lab');
  mkdirSync(directory, { recursive: true });
  const spec = fileURLToPath(new URL('../../examples/gpu-cloud/launchgate.yaml', import.meta.url));
  copyFileSync(spec, join(directory, 'spec.yaml'));
  writeState(directory, { ...makePlace(directory, spec), phase: 'up' });
}

describe('the command line', () => {
  test('refuses to begin without a lab, and says how to start one', async () => {
    const shop = await world();
    const answer = await shop.launchgate('drill run alert-delivery');
    expect(answer.code).toBe(2);
    expect(answer.err).toContain('there is no running lab');
    expect(answer.err).toContain('launchgate lab up');
  });

  test('shows what would be done without one', async () => {
    const shop = await world();
    const answer = await shop.launchgate('drill run alert-delivery --dry-run -f json');
    expect(JSON.parse(answer.out)).toMatchObject({ kind: 'DrillPlans', drills: [{ drill: 'alert-delivery' }] });
    expect(answer.err).toBe(
      `Planned without what the lab has: there is no running lab in ${join(shop.root, '.launchgate/lab')}.\n`,
    );
  });

  test('shows what would be done where a lab of another version runs, and refuses to do it', async () => {
    const shop = await world();
    labOfAnotherVersion(shop.root);
    const planned = await shop.launchgate('drill run alert-delivery --dry-run -f json');
    expect(planned.code).toBe(0);
    expect(JSON.parse(planned.out)).toMatchObject({ kind: 'DrillPlans', drills: [{ drill: 'alert-delivery' }] });
    expect(planned.err).toMatch(
      /^Planned without what the lab has: the lab in \S+ was started from another version.*\.\n$/,
    );
    const run = await shop.launchgate('drill run alert-delivery');
    expect(run.code).toBe(2);
    expect(run.err).toContain('was started from another version');
  });

  test.each([
    ['drill run', 'expected the ids of drills, or --all, or --file'],
    ['drill run nonsense', 'nonsense'],
    ['drill run disruption-budgets', 'disruption-budget'],
    ['drill run vulnerability-policy', 'control vulnerability-policy has no drill'],
    ['drill run alert-delivery --param perSecond', 'expected something like'],
    ['drill run alert-delivery --param nonsense=1', 'no drill that was asked for has a parameter nonsense'],
    ['drill run alert-delivery --target moon', 'there is no environment moon'],
    ['drill run alert-delivery --target production', 'production is production'],
    ['drill run alert-delivery --target production --i-mean-production', 'nobody has signed them'],
    ['drill run alert-delivery --target staging', 'nothing says how staging is reached'],
  ])('%s', async (line, message) => {
    const answer = await (await world()).launchgate(line);
    expect(answer.err).toContain(message);
    expect(answer.code).toBe(2);
  });

  test('production wants the sign-off of another person than the one who drills', async () => {
    const shop = await world();
    const run = 'drill run alert-delivery --target production --i-mean-production';
    await shop.launchgate('drill approve alert-delivery --target production');
    expect((await shop.launchgate(run)).err).toContain('only who runs them has signed');
    await shop.launchgate('drill approve alert-delivery --target production --key bo');
    expect((await shop.launchgate(run)).err).toContain('nothing says how production is reached');
    const later = { now: new Date(Date.now() + 25 * 3600 * 1000) };
    expect((await shop.launchgate(run, later)).err).toContain('nobody has signed');
  });

  test('a workload drills production for two persons who signed, since one of them may have started it', async () => {
    const shop = await world();
    const runner = { ...(await shop.enrolled('runner')), owner: 'workload/drills' };
    await shop.propose((policy) => ({ ...policy, keys: [...policy.keys, runner] }));
    const run = 'drill run alert-delivery --target production --i-mean-production --key runner';
    const approve = 'drill approve alert-delivery --target production';
    expect((await shop.launchgate(run)).err).toContain(
      'two persons where workload/drills runs them: nobody has signed',
    );
    await shop.launchgate(`${approve} --key bo`);
    await shop.launchgate(`${approve} --key bo`);
    expect((await shop.launchgate(run)).err).toContain('person/bo alone has signed');
    await shop.launchgate(approve);
    expect((await shop.launchgate(run)).err).toContain('nothing says how production is reached');
  });

  test("a key that is nobody's cannot drill production, whoever has signed", async () => {
    const shop = await world();
    await shop.launchgate('drill approve alert-delivery --target production --key bo');
    await shop.launchgate('key new throwaway');
    const run = 'drill run alert-delivery --target production --i-mean-production --key throwaway';
    const { code, err } = await shop.launchgate(run);
    expect(code).toBe(2);
    expect(err).toContain("key throwaway is nobody's in the policy");
  });

  test('a key that was revoked neither lets drills on production happen nor runs them', async () => {
    const shop = await world();
    const keyOf = async (name: string) =>
      /id: (sha256:[0-9a-f]{64})/.exec((await shop.launchgate(`policy key -k ${name}`)).out)?.[1] ?? '';
    const run = 'drill run alert-delivery --target production --i-mean-production';
    const [bo, own] = [await keyOf('bo'), await keyOf('default')];
    await shop.launchgate('drill approve alert-delivery --target production --key bo');
    expect((await shop.launchgate(run)).err).toContain('nothing says how production is reached');
    await shop.run(['policy', 'revoke', bo, '-r', 'the laptop was lost on the train']);
    expect((await shop.launchgate(run)).err).toContain('need the sign-off of another person');
    await shop.run(['policy', 'revoke', own, '-r', 'so was the other one']);
    expect((await shop.launchgate(run)).err).toMatch(/key default counts for nothing: it was revoked at log index \d+/);
  });

  test('what was signed of a file is what stands in it', async () => {
    const shop = await world();
    const file = join(shop.base, 'mine.yaml');
    const text = OWN_DRILL('true');
    writeFileSync(file, text);
    const run = `drill run --file ${file} --target production --i-mean-production`;
    expect((await shop.launchgate(run)).err).toContain(`drill approve --file ${file} --target production`);
    expect(await shop.launchgate(`drill approve --file ${file} --target production --key bo`)).toMatchObject({
      code: 0,
    });
    expect((await shop.launchgate(run)).err).toContain('nothing says how production is reached');
    writeFileSync(file, OWN_DRILL('false'));
    expect((await shop.launchgate(run)).err).toContain('nobody has signed');
  });

  test('every drill at once is signed for as it is run', async () => {
    const shop = await world();
    const run = 'drill run --all --target production --i-mean-production';
    expect((await shop.launchgate(run)).err).toContain('drill approve --all --target production');
    await shop.launchgate('drill approve --all --target production --key bo');
    expect((await shop.launchgate(run)).err).toContain('nothing says how production is reached');
  });

  test('cleanup says that nothing was left', async () => {
    const shop = await world();
    expect(await shop.launchgate('drill cleanup')).toMatchObject({ code: 0, err: 'Nothing was left to take back.\n' });
  });

  test('cleanup names a journal that cannot be read, and does not hold', async () => {
    const shop = workspace({
      'launchgate.yaml': SPEC,
      '.launchgate/drills/0a1b2c3d4e5f/journal.jsonl': '{"type":"und{"type":"closed"}\n',
    });
    const { code, out } = await shop.launchgate('drill cleanup');
    expect(code).toBe(1);
    expect(out).toBe(
      `0a1b2c3d4e5f  take back what run 0a1b2c3d4e5f did: NOT DONE: ${join(shop.root, '.launchgate/drills/0a1b2c3d4e5f/journal.jsonl')}: line 1 is no entry that this version knows. Look at what it names, undo that by hand, and remove the folder.\n`,
    );
  });

  test('a drill in a file that cannot be read is told with its place', async () => {
    const shop = await world();
    const file = join(shop.base, 'mine.yaml');
    writeFileSync(
      file,
      'apiVersion: launchgate/v1\nkind: Drill\nname: mine\ntitle: Mine\nsummary: x\nblastRadius: x\nhypothesis: []\nsteps:\n  - name: go\n    comand: { run: [true] }\n',
    );
    const { code, err } = await shop.launchgate(`drill run --file ${file}`);
    expect(code).toBe(2);
    expect(err).toContain('mine.yaml:10:5');
    expect(err).toContain('comand');
  });
});
