import { describe, expect, it } from 'vitest';
import { discoverFiles } from '../../../test/discover-files.ts';

const object = (kind: string, name: string): string => `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;

/** Which files are read as what nothing renders, and which could not be. */
async function unrenderedIn(
  files: Readonly<Record<string, string>>,
  options: Parameters<typeof discoverFiles>[1] = {},
): Promise<{ read: string[]; gaps: string[] }> {
  const { documents, gaps } = await discoverFiles(files, options);
  return {
    read: documents.filter((document) => document.class === 'unrendered').map(({ path }) => path),
    gaps: gaps.filter(({ hides }) => hides.includes('unrendered')).map(({ path }) => path),
  };
}

describe('what is in the repository and not rendered', () => {
  it('is nothing of what runs', async () => {
    expect(await unrenderedIn({ 'k8s/a.yaml': object('ConfigMap', 'a') })).toEqual({ read: [], gaps: [] });
  });

  it('is what belongs to an environment that was not asked for', async () => {
    const files = {
      'k8s/production/a.yaml': object('ConfigMap', 'a'),
      'k8s/staging/a.yaml': object('ConfigMap', 'a'),
    };
    expect(await unrenderedIn(files)).toEqual({ read: [], gaps: [] });
    expect(await unrenderedIn(files, { environment: 'production', render: 'chosen' })).toEqual({
      read: ['k8s/staging/a.yaml'],
      gaps: [],
    });
  });

  it('is no test, example or template, and no file that holds no object', async () => {
    const files = {
      'k8s/a.yaml': object('ConfigMap', 'a'),
      'tests/kustomization.yaml': 'resources: []\n',
      'tests/b.yaml': object('Secret', 'b'),
      'deploy/kustomization.yaml': 'resources: []\n',
      'deploy/c.yaml': object('Secret', '{{ .name }}'),
      'deploy/d.yaml': 'apiVersion: 1\nkindness: true\n',
    };
    expect(await unrenderedIn(files)).toEqual({ read: ['deploy/kustomization.yaml'], gaps: [] });
  });

  it('may be what no parser takes', async () => {
    const files = {
      'k8s/a.yaml': object('ConfigMap', 'a'),
      'deploy/kustomization.yaml': 'resources: []\n',
      'deploy/broken.yaml': `cat > b.yaml <<EOF\n${object('Secret', 'b')}EOF\n`,
    };
    expect(await unrenderedIn(files)).toEqual({ read: ['deploy/kustomization.yaml'], gaps: ['deploy/broken.yaml'] });
  });
});
