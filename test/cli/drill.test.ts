/** The verbs of drills as they are typed, where no lab runs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { world } from './rehearsal-gate.ts';

// Each is a policy and a command or two.
vi.setConfig({ testTimeout: 120_000 });

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

  test('cleanup says that nothing was left', async () => {
    const shop = await world();
    expect(await shop.launchgate('drill cleanup')).toMatchObject({ code: 0, err: 'Nothing was left to take back.\n' });
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
