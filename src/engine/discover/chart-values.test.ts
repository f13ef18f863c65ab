import { describe, expect, it } from 'vitest';
import { discoverFiles } from '../../../test/discover-files.ts';

/** Which parts of which files are taken for values of charts that nothing renders. */
async function valuesIn(files: Readonly<Record<string, string>>): Promise<[string, string[]][]> {
  const { documents } = await discoverFiles(files);
  return documents.flatMap((document): [string, string[]][] =>
    document.class === 'chart-values' ? [[document.path, Object.keys(document.data as object)]] : [],
  );
}

const app = (source: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: db }\nspec:\n  source: ${source}\n`;
const chart = {
  'charts/db/Chart.yaml': 'apiVersion: v2\nname: db\nversion: 1.0.0\n',
  'charts/db/values.yaml': 'a: 1\n',
};

describe('values of charts that are not rendered', () => {
  it('are those an application of Argo CD names for a chart from elsewhere', async () => {
    const source =
      '{ repoURL: https://c.example, chart: db, helm: { valueFiles: [$v/env/db.yaml, $v/env/gone.yaml] } }';
    const files = { 'app.yaml': app(source), 'env/db.yaml': 'auth: {}\n', 'env/other.yaml': 'auth: {}\n' };
    expect(await valuesIn(files)).toEqual([['env/db.yaml', ['auth']]]);
  });

  it('are not those of a chart that is here', async () => {
    const source = '{ repoURL: https://g.example, path: charts/db, helm: { valueFiles: [/env/db.yaml] } }';
    expect(await valuesIn({ ...chart, 'app.yaml': app(source), 'env/db.yaml': 'auth: {}\n' })).toEqual([]);
  });

  it('are what Fleet is told, with the files it names', async () => {
    const fleet = 'helm: { chart: db, valuesFiles: [settings.yaml, ../../../outside.yaml] }\n';
    expect(await valuesIn({ 'fleet/db/fleet.yaml': fleet, 'fleet/db/settings.yaml': 'auth: {}\n' })).toEqual([
      ['fleet/db/fleet.yaml', ['helm']],
      ['fleet/db/settings.yaml', ['auth']],
    ]);
  });

  it('are a Helmfile, and what is called values beside it', async () => {
    const files = {
      'helmfile.yaml': 'releases: [{ name: db, values: ["values/{{ .Environment.Name }}.yaml"] }]\n',
      'values/prod.yaml': 'auth: {}\n',
      'db.values.yaml': 'auth: {}\n',
      'values/made.yaml': '{{ if .x }}\na: 1\n{{ end }}\n',
      'notes.yaml': 'auth: {}\n',
      ...chart,
    };
    expect((await valuesIn(files)).map(([path]) => path)).toEqual([
      'helmfile.yaml',
      'db.values.yaml',
      'values/prod.yaml',
    ]);
  });

  it('are those that a kustomization gives to Helm', async () => {
    const files = {
      'kustomization.yaml': 'helmCharts: [{ name: db, valuesFile: db.yaml, valuesInline: { auth: {} } }]\n',
      'db.yaml': 'auth: {}\n',
    };
    expect(await valuesIn(files)).toEqual([
      ['db.yaml', ['auth']],
      ['kustomization.yaml', ['helmCharts']],
    ]);
  });
});
