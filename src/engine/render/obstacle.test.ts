import { describe, expect, it } from 'vitest';
import { deployment } from '../../../test/discover-files.ts';
import { temporaryTree } from '../../../test/temporary-tree.ts';
import type { Gap } from '../../model/platform.ts';
import type { RenderOutcome, Renderers } from '../../model/world.ts';
import { discover } from '../discover/index.ts';

const failing: RenderOutcome = { ok: false, reason: 'the tool cannot make sense of it', fix: 'See what it says.' };
const renderers: Renderers = {
  allowRemote: false,
  kustomize: () => Promise.resolve(failing),
  helm: () => Promise.resolve(failing),
};

async function gapsOf(files: Readonly<Record<string, string>>): Promise<readonly Gap[]> {
  return (await discover(temporaryTree(files), { renderers })).gaps;
}

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 12345\n`;

describe('what cannot be rendered', () => {
  it.each(['values-prod.yaml', 'charts/pg-1.0.0.tgz'])(
    'says that %s of a chart is a pointer of Git LFS',
    async (file) => {
      const chart = { 'c/Chart.yaml': 'name: c\nversion: 1.0.0\n', 'c/templates/a.yaml': deployment('a') };
      expect(await gapsOf({ ...chart, [`c/${file}`]: POINTER })).toContainEqual(
        expect.objectContaining({
          path: 'c',
          reason: `c/${file} is a pointer of Git LFS, and its content is not here`,
        }),
      );
    },
  );

  it('says so of a file that a kustomization takes in', async () => {
    const gaps = await gapsOf({ 'k/kustomization.yaml': 'namePrefix: x-\nresources: [a.yaml]\n', 'k/a.yaml': POINTER });
    expect(gaps).toContainEqual(
      expect.objectContaining({ path: 'k', reason: 'k/a.yaml is a pointer of Git LFS, and its content is not here' }),
    );
  });

  it('says how charts beside a chart are built before it, each once', async () => {
    const chart = (name: string, ...needed: string[]): string =>
      `name: ${name}\nversion: 1.0.0\ndependencies:\n${needed.map((one) => `  - { name: ${one}, version: 1.0.0, repository: "file://../${one}" }\n`).join('')}`;
    const gaps = await gapsOf({
      'charts/all/Chart.yaml': chart('all', 'api', 'worker', 'common'),
      'charts/api/Chart.yaml': chart('api', 'common'),
      'charts/worker/Chart.yaml': chart('worker', 'common'),
      'charts/worker/charts/common-1.0.0.tgz': '',
      'charts/common/Chart.yaml': 'name: common\nversion: 1.0.0\ntype: library\n',
    });
    const fix =
      'Run "helm dependency build charts/api", then "helm dependency build charts/all", and check again. A gate reads what is committed of charts/.';
    expect(gaps).toMatchObject([{ reason: 'its charts/ folder lacks api, worker, common', fix }]);
  });

  it('says what stands in for charts that Kustomize would hand to Helm', async () => {
    const gaps = await gapsOf({ 'k/kustomization.yaml': 'helmCharts: [{ name: x, repo: https://charts.example }]\n' });
    const fix = 'Commit the output of "kustomize build --enable-helm k" elsewhere, and exclude k in the spec.';
    expect(gaps).toMatchObject([{ path: 'k', fix }]);
  });
});
