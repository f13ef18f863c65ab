import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployment } from '../../test/discover-files.ts';
import { needs } from '../../test/need.ts';
import { temporaryTree } from '../../test/temporary-tree.ts';
import type { Deployable } from '../model/platform.ts';
import type { FileTree, RenderOutcome } from '../model/world.ts';
import { hostRenderers, noRenderers } from './renderers.ts';

function chartOf(path: string, helm: Deployable['helm'], namespace?: string): Deployable {
  const base = { id: `helm:${path}`, renderer: 'helm' as const, path, sources: [], declaredBy: path };
  return { ...base, ...(helm === undefined ? {} : { helm }), ...(namespace === undefined ? {} : { namespace }) };
}

function yamlOf(outcome: RenderOutcome): string {
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.yaml;
}

/** A tree whose `bin/` holds a script under a tool's name. */
function withTool(name: string, script: string): FileTree {
  const tree = temporaryTree({ [`bin/${name}`]: `#!/bin/sh\n${script}\n`, 'app/kustomization.yaml': '' });
  chmodSync(join(tree.root, 'bin', name), 0o755);
  return tree;
}

const withSystem = (tree: FileTree): string => `${join(tree.root, 'bin')}:/usr/bin:/bin`;

describe('without tools', () => {
  it('says what to install', async () => {
    const tree = temporaryTree({ x: '' });
    const renderers = hostRenderers({ path: tree.root });
    expect(await renderers.kustomize(tree, 'x')).toMatchObject({ ok: false, reason: 'kustomize is not installed' });
    expect(await renderers.helm(tree, chartOf('x', undefined))).toMatchObject({
      ok: false,
      reason: 'helm is not installed',
      fix: expect.stringContaining('Install Helm'),
    });
  });

  it('starts nothing when rendering is turned off', async () => {
    expect(await noRenderers.kustomize(temporaryTree({}), 'x')).toMatchObject({ ok: false });
  });

  it('never takes a tool from a relative folder of the PATH', async () => {
    const tree = withTool('kustomize', 'echo "kind: Oops"');
    expect(await hostRenderers({ path: 'bin:.' }).kustomize(tree, 'app')).toMatchObject({ ok: false });
  });
});

describe('a tool', () => {
  it('sees an environment of nothing but the PATH and an empty home', async () => {
    process.env['LAUNCHGATE_TEST_SECRET'] = 'hidden';
    const tree = withTool('kustomize', 'env; ls -A "$HOME" 2>/dev/null; echo "args: $*"; pwd');
    const text = yamlOf(await hostRenderers({ path: withSystem(tree) }).kustomize(tree, 'app'));
    expect(text).not.toContain('LAUNCHGATE_TEST_SECRET');
    expect(text).toMatch(/^HOME=.*launchgate-render-/m);
    expect(text).toMatch(/^HTTPS_PROXY=http:\/\/127\.0\.0\.1:9$/m);
    expect(text).toContain(`args: build --load-restrictor LoadRestrictionsRootOnly ${join(tree.root, 'app')}`);
  });

  it('is kubectl where there is no kustomize', async () => {
    const tree = withTool('kubectl', 'echo "args: $*"');
    const text = yamlOf(await hostRenderers({ path: withSystem(tree) }).kustomize(tree, 'app'));
    expect(text).toMatch(/^args: kustomize --load-restrictor/);
  });

  it('is quoted with its own words when it fails, without the path of this machine', async () => {
    const tree = withTool('kustomize', `echo "Error: no such file $3 in $PWD" >&2; echo "$*" >&2; exit 3`);
    const outcome = await hostRenderers({ path: withSystem(tree) }).kustomize(tree, 'app');
    expect(outcome).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^kustomize failed: Error: no such file/),
    });
    expect(JSON.stringify(outcome)).not.toContain(tree.root);
  });

  it('is quoted in the same words by every run', async () => {
    const tree = withTool(
      'kustomize',
      `echo "$(date '+%Y/%m/%d %H:%M:%S') well-defined vars were never replaced" >&2
       echo "E1129 12:00:0$(($$ % 10)).$$1234   $$ build.go:7] Error: no such file $TMPDIR/kustomize-$$00000/x" >&2; exit 1`,
    );
    const outcome = await hostRenderers({ path: withSystem(tree) }).kustomize(tree, 'app');
    expect(outcome).toMatchObject({
      ok: false,
      reason:
        'kustomize failed: well-defined vars were never replaced build.go:7] Error: no such file overlay/kustomize-…/x',
    });
  });

  it('is refused when it writes without end', async () => {
    const tree = withTool('kustomize', 'yes "padding padding padding padding padding padding padding"');
    const outcome = await hostRenderers({ path: withSystem(tree) }).kustomize(tree, 'app');
    expect(outcome).toMatchObject({ ok: false, reason: 'kustomize wrote more than 64 MiB' });
  });

  it('cannot be made to run a shell by what a repository names', async () => {
    const tree = withTool('helm', 'for a in "$@"; do echo "[$a]"; done');
    const release = '$(touch pwned); x';
    const chart = chartOf('-c', { release, valuesFiles: ['a b.yaml'] }, '--post-renderer=evil');
    const text = yamlOf(await hostRenderers({ path: withSystem(tree) }).helm(tree, chart));
    expect(text).toContain(`[${release}]`);
    expect(text).toContain(`[--namespace=--post-renderer=evil]`);
    expect(text.split('\n').slice(-4)).toEqual(['[--]', `[${release}]`, `[${join(tree.root, '-c')}]`, '']);
  });
});

describe.runIf(needs('kustomize'))('kustomize', () => {
  const files = {
    'base/kustomization.yaml': 'resources: [api.yaml]\n',
    'base/api.yaml': deployment('api'),
    'prod/kustomization.yaml': 'namespace: shop\nnamePrefix: prod-\nresources: [../base]\n',
  };

  it('builds an overlay', async () => {
    const tree = temporaryTree(files);
    const yaml = yamlOf(await hostRenderers().kustomize(tree, 'prod'));
    expect(yaml).toContain('name: prod-api');
    expect(yaml).toContain('namespace: shop');
  });

  it('builds what an application adds', async () => {
    const tree = temporaryTree(files);
    const overlay = {
      namePrefix: 'eu-',
      images: [{ name: 'registry.example/api', newTag: '9' }],
      components: ['../extra'],
    };
    mkdirSync(join(tree.root, 'extra'));
    writeFileSync(
      join(tree.root, 'extra/kustomization.yaml'),
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -x\n',
    );
    const yaml = yamlOf(await hostRenderers().kustomize(tree, 'prod', overlay));
    expect(yaml).toContain('name: eu-prod-api-x');
    expect(yaml).toContain('image: registry.example/api:9');
  });

  it('does not read a file outside of the kustomization, not even through a link', async () => {
    const tree = temporaryTree({ ...files, 'bad/kustomization.yaml': 'namePrefix: x-\nresources: [link.yaml]\n' });
    symlinkSync('../base/api.yaml', join(tree.root, 'bad/link.yaml'));
    expect(await hostRenderers().kustomize(tree, 'bad')).toMatchObject({ ok: false });
  });

  it('does not reach the network', async () => {
    const remote = 'https://example.org/never.yaml';
    const tree = temporaryTree({ 'app/kustomization.yaml': `resources: [${remote}]\n` });
    const outcome = await hostRenderers().kustomize(tree, 'app');
    expect(outcome).toMatchObject({ ok: false, reason: expect.stringMatching(/127\.0\.0\.1:9|proxy/) });
  });

  it('runs no plug-in', async () => {
    const tree = temporaryTree({
      'app/kustomization.yaml': 'transformers: [run.yaml]\n',
      'app/run.yaml':
        'apiVersion: x/v1\nkind: Run\nmetadata:\n  name: r\n  annotations:\n    config.kubernetes.io/function: |\n      exec: { path: ./run.sh }\n',
      'app/run.sh': '#!/bin/sh\ntouch ran\n',
    });
    expect(await hostRenderers().kustomize(tree, 'app')).toMatchObject({ ok: false });
    expect(tree.has('app/ran')).toBe(false);
  });
});

describe.runIf(needs('helm'))('helm', () => {
  const files = {
    'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n',
    'c/values.yaml': 'a: 1\nb: { c: 2, d: 3 }\n',
    'c/values-prod.yaml': 'b: { c: 20 }\n',
    'c/templates/x.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\ndata: { v: "{{ .Values.a }} {{ .Values.b.c }} {{ .Values.b.d }}" }\n',
    'c/crds/crd.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: from-crds }\n',
  };

  it('applies values files in order, inline values last, and includes CRDs', async () => {
    const helm = { release: 'api', valuesFiles: ['c/values-prod.yaml'], values: { b: { d: 30 } } };
    const yaml = yamlOf(await hostRenderers().helm(temporaryTree(files), chartOf('c', helm, 'shop')));
    expect(yaml).toContain('v: "1 20 30"');
    expect(yaml).toContain('name: api');
    expect(yaml).toContain('namespace: shop');
    expect(yaml).toContain('name: from-crds');
  });

  it('answers for the cluster that an application describes', async () => {
    const tree = temporaryTree({
      'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
      'c/crds/crd.yaml': 'kind: CustomResourceDefinition\n',
      'c/templates/x.yaml':
        'kube: {{ .Capabilities.KubeVersion.Version }}\nroutes: {{ .Capabilities.APIVersions.Has "networking.istio.io/v1" }}\n',
    });
    const options = { release: 'r', valuesFiles: [] };
    const plain = yamlOf(await hostRenderers().helm(tree, chartOf('c', options)));
    expect(plain).toContain('CustomResourceDefinition');
    expect(plain).toContain('routes: false');
    const told = {
      ...options,
      kubeVersion: '1.33.0',
      apiVersions: ['networking.istio.io/v1'],
      skipCrds: true as const,
    };
    const text = yamlOf(await hostRenderers().helm(tree, chartOf('c', told)));
    expect(text).toMatch(/kube: v1\.33\.0\nroutes: true/);
    expect(text).not.toContain('CustomResourceDefinition');
  });

  it('reports a template that fails', async () => {
    const tree = temporaryTree({ ...files, 'c/templates/bad.yaml': '{{ fail "no database given" }}\n' });
    expect(await hostRenderers().helm(tree, chartOf('c', { release: 'x', valuesFiles: [] }))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('no database given'),
    });
  });
});
