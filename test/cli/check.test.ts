import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../src/model/report.ts';
import { budget, DIGEST, service, SPEC, workspace, Workspace } from './workspace.ts';

const HANGING = { 'deploy/api.yaml': service('api'), 'deploy/budget.yaml': budget('api', 'maxUnavailable: 0') };
const ONLY = 'check -c disruption-budget';

let hanging: Workspace;
beforeAll(() => {
  hanging = new Workspace(HANGING);
});
afterAll(() => hanging.remove());

function reportOf(out: string): CheckReport {
  return JSON.parse(out) as CheckReport;
}

describe('check: exit status', () => {
  it('0 when all of it holds', async () => {
    const holds = workspace({ 'deploy/api.yaml': service('api'), 'deploy/budget.yaml': budget('api') });
    expect(await holds.launchgate(ONLY)).toMatchObject({ code: 0, err: '' });
  });

  it('1 when something fails, with the place and the steps that lead there', async () => {
    const { code, out } = await hanging.launchgate(ONLY);
    expect(code).toBe(1);
    expect(out).toContain('deploy/budget.yaml:6:');
    expect(out).toMatch(/1 {2}\S.*\n(?:.*\n)*? +→ /);
  });

  it('2 when something could not be told, although the rest holds', async () => {
    const broken = workspace({
      'deploy/api.yaml': service('api'),
      'deploy/budget.yaml': budget('api'),
      'deploy/broken.yaml': 'apiVersion: v1\nkind: [Service\n',
    });
    const { code, out } = await broken.launchgate(ONLY);
    expect(code).toBe(2);
    expect(out).toContain('deploy/broken.yaml');
  });

  it('2 for an empty folder: nothing seen is not nothing found', async () => {
    const { code, out } = await workspace().launchgate('check');
    expect(code).toBe(2);
    expect(out).toContain('the folder is empty');
  });

  it('2 for a folder in which nothing deploys, with that said once and not by every control', async () => {
    const { code, out } = await workspace({ 'README.md': '# A library\n', 'src/index.js': 'export {};\n' }).launchgate(
      'check',
    );
    expect(code).toBe(2);
    expect(out).toContain('nothing that deploys was found');
    expect(out).not.toContain('What could not be told');
    expect(out).toMatch(/\d+ controls found nothing to judge here/);
  });

  it('2 where nothing deploys and what is there holds', async () => {
    const one = workspace({ Dockerfile: `FROM node:24@${DIGEST}\nUSER node\n` });
    const { code, out } = await one.launchgate('check -f json');
    expect(code).toBe(2);
    const { findings } = reportOf(out);
    expect(new Set(findings.map(({ outcome }) => outcome))).toEqual(new Set(['pass']));
    expect((await one.launchgate('check')).out).toContain('Could not tell');
  });

  it('2 for a file that holds nothing which is judged, as a mistake', async () => {
    const { code, out, err } = await workspace({ 'README.md': '# A library\n' }).launchgate('check README.md');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('README.md holds nothing that is judged by itself');
  });

  it('--fail-on sets the bar', async () => {
    expect((await hanging.launchgate(`${ONLY} --fail-on critical`)).code).toBe(0);
    expect((await hanging.launchgate(`${ONLY} --fail-on high`)).code).toBe(1);
  });
});

describe('check: what is checked', () => {
  it('one control, or several', async () => {
    const { out } = await hanging.launchgate('check -f json -c disruption-budget immutable-images');
    const ran = new Set(reportOf(out).findings.map(({ control }) => control));
    expect([...ran].sort()).toEqual(['disruption-budget', 'immutable-images']);
  });

  it('refuses a control that does not exist, and says which was meant', async () => {
    const { code, out, err } = await hanging.launchgate('check -c disruption-budgets');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('there is no control disruption-budgets');
    expect(err).toContain('disruption-budget?');
  });

  it('a single file and nothing beside it', async () => {
    const { code, out } = await hanging.launchgate('check deploy/api.yaml -f json -c disruption-budget');
    const report = reportOf(out);
    expect(code).not.toBe(0);
    expect(report.findings.flatMap(({ location }) => location?.path ?? [])).toEqual(
      expect.arrayContaining(['api.yaml']),
    );
    expect(out).not.toContain('budget.yaml');
  });

  it('the nearest spec upward from a folder within', async () => {
    const spec = workspace({ ...HANGING, 'launchgate.yaml': SPEC });
    const { out } = await spec.launchgate(`${ONLY} -f json`, { cwd: 'deploy' });
    expect(reportOf(out).findings.map(({ location }) => location?.path)).toContain('deploy/budget.yaml');
    expect(reportOf(out).platform).toMatchObject({ name: 'shop', provisional: false });
  });

  it('a path that is not there: exit 2, and nothing on standard output', async () => {
    expect(await hanging.launchgate('check nowhere')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('nowhere does not exist') as string,
    });
  });

  it('an environment that nobody declared: exit 2', async () => {
    const spec = workspace({ ...HANGING, 'launchgate.yaml': SPEC });
    const { code, err } = await spec.launchgate('check -e moon');
    expect(code).toBe(2);
    expect(err).toContain('there is no environment moon');
  });
});

describe('check: a spec with a mistake', () => {
  it('names path, line and column, and what was meant', async () => {
    const typo = workspace({ 'launchgate.yaml': SPEC.replace('quorum: 1', 'quorun: 1') });
    const { code, out, err } = await typo.launchgate('check');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/launchgate\.yaml:12:\d+: at services\[0\]\.quorun: .*did you mean "quorum"\?/);
  });

  it('and one that is no YAML', async () => {
    const { code, err } = await workspace({ 'launchgate.yaml': 'a: [1\n' }).launchgate('check');
    expect(code).toBe(2);
    expect(err).toMatch(/launchgate\.yaml:\d+:\d+: /);
  });
});

describe('check: formats', () => {
  it('json is the published report', async () => {
    const report = reportOf((await hanging.launchgate(`${ONLY} -f json`)).out);
    expect(report).toMatchObject({ apiVersion: 'launchgate/v1', kind: 'CheckReport' });
    const failed = report.findings.find(({ outcome }) => outcome === 'fail');
    expect(failed).toMatchObject({ control: 'disruption-budget', subject: 'service/api', severity: 'high' });
    expect(failed?.location).toMatchObject({ path: 'deploy/budget.yaml', line: 6 });
    expect(failed?.counterExample?.length).toBeGreaterThan(0);
  });

  it('sarif names rule, place and a fingerprint', async () => {
    const { out } = await hanging.launchgate(`${ONLY} -f sarif`);
    const { version, runs } = JSON.parse(out) as { version: string; runs: SarifRun[] };
    expect(version).toBe('2.1.0');
    const [result] = runs[0]?.results ?? [];
    expect(result).toMatchObject({ ruleId: 'disruption-budget', level: 'error' });
    expect(result?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('deploy/budget.yaml');
    expect(Object.keys(result?.partialFingerprints ?? {})).not.toEqual([]);
  });

  it('sarif shows what has no place at the spec that was named, or the file that was asked about', async () => {
    const named = workspace({ ...HANGING, 'platform.yaml': SPEC });
    for (const line of ['check --platform platform.yaml', 'check deploy/api.yaml']) {
      const { out } = await named.launchgate(`${line} -f sarif`);
      expect(out).toContain('"located": false');
      expect(out).not.toContain('"uri": "launchgate.yaml"');
    }
  });

  it('sarif addresses files from the top of the work tree', async () => {
    const nested = workspace({ 'platform/api.yaml': service('api') });
    nested.commit();
    const { out } = await nested.launchgate('check -c disruption-budget -f sarif platform');
    expect(out).toContain('"platform/api.yaml"');
  });

  it('sarif addresses files from the top of the work tree, whatever link leads there', async () => {
    const nested = workspace({ 'platform/api.yaml': service('api') });
    nested.commit();
    const link = join(nested.base, 'link');
    symlinkSync(join(nested.root, 'platform'), link);
    const { out } = await nested.run(['check', '-c', 'disruption-budget', '-f', 'sarif', link]);
    expect(out).toContain('"platform/api.yaml"');
  });

  it('what a sparse checkout left out may hold what breaks: nothing passes for want of it', async () => {
    const world = workspace({
      'k8s/api/api.yaml': service('api'),
      'k8s/api/budget.yaml': budget('api'),
      'k8s/other/other.yaml': service('other', { replicas: 1 }),
      'src/main.ts': '',
    });
    world.commit();
    const line = 'check -c disruption-budget';
    expect((await world.launchgate(line)).code).toBe(1);
    world.git('sparse-checkout', 'set', '--no-cone', '/k8s/api/');
    const { code, out } = await world.launchgate(line);
    expect(code).toBe(2);
    expect(out).toContain('a sparse checkout left out other.yaml');
    expect(out).not.toContain('main.ts');
    world.git('sparse-checkout', 'set', '--no-cone', '/k8s/');
    expect((await world.launchgate(line)).code).toBe(1);
    rmSync(join(world.root, 'k8s/other'), { recursive: true });
    writeFileSync(join(world.root, '.git/index'), 'broken');
    const untold = await world.launchgate(line);
    expect(untold.code).toBe(2);
    expect(untold.out).toContain('git cannot say what it left out');
  });

  it('junit, markdown and html say the same', async () => {
    const junit = (await hanging.launchgate(`${ONLY} -f junit`)).out;
    expect(junit).toMatch(/^<\?xml .*<testsuites[^>]* failures="1"/s);
    const markdown = (await hanging.launchgate(`${ONLY} -f markdown`)).out;
    expect(markdown).toContain('deploy/budget.yaml');
    const html = (await hanging.launchgate(`${ONLY} -f html`)).out;
    expect(html).toMatch(/^<!doctype html>/i);
    expect(html).toContain('disruption-budget');
    expect(html).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="https?:/);
  });
});

describe('check: baselines and ignores', () => {
  it('a baseline lets only what is new decide', async () => {
    const grows = workspace(HANGING);
    const file = join(grows.base, 'base.json');
    writeFileSync(file, (await grows.launchgate(`${ONLY} -f json`)).out);
    expect((await grows.launchgate(`${ONLY} --baseline ${file}`)).code).toBe(0);
    grows.write({ 'deploy/web.yaml': service('web', { replicas: 1 }) });
    const { code, out } = await grows.launchgate(`${ONLY} --baseline ${file}`);
    expect(code).toBe(1);
    expect(out).toContain('service/web');
  });

  it('a baseline that is no report: exit 2', async () => {
    expect((await hanging.launchgate(`${ONLY} --baseline deploy/api.yaml`)).code).toBe(2);
    const odd = workspace({ ...HANGING, 'odd.json': '{"kind":"CheckReport","findings":[{}]}' });
    expect(await odd.launchgate(`${ONLY} --baseline odd.json`)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/odd\.json: findings\[0\] is no row of a CheckReport/) as string,
    });
  });

  it('an ignore with reason and expiry silences until its day, and no longer', async () => {
    const mark = '# launchgate-ignore disruption-budget until=2031-05-01 reason="moves next week"';
    const ignoring = workspace({
      ...HANGING,
      'deploy/budget.yaml': budget('api', `maxUnavailable: 0 ${mark}`),
    });
    const before = await ignoring.launchgate(ONLY, { now: new Date('2031-04-30T12:00:00Z') });
    expect(before.code).not.toBe(1);
    expect((await ignoring.launchgate(ONLY, { now: new Date('2031-05-02T12:00:00Z') })).code).toBe(1);
  });

  it('an ignore without a reason silences nothing, and says why', async () => {
    const ignoring = workspace({
      ...HANGING,
      'deploy/budget.yaml': budget('api', 'maxUnavailable: 0 # launchgate-ignore disruption-budget'),
    });
    const { code, out } = await ignoring.launchgate(ONLY);
    expect(code).toBe(1);
    expect(out).toContain('not honoured');
  });
});

interface SarifRun {
  readonly results: readonly {
    readonly ruleId: string;
    readonly level: string;
    readonly partialFingerprints: Readonly<Record<string, string>>;
    readonly locations: readonly {
      readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
    }[];
  }[];
}
