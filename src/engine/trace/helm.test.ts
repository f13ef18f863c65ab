import { describe, expect, it } from 'vitest';
import { needs } from '../../../test/need.ts';
import { temporaryTree } from '../../../test/temporary-tree.ts';
import { hostRenderers } from '../../adapters/renderers.ts';
import { below, type Pointer } from '../../model/origin.ts';
import { discover } from '../discover/index.ts';
import { locate } from '../locate.ts';
import { isShared, trace } from './index.ts';

const chart = {
  'c/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 0.1.0\nappVersion: "5"\n',
  'c/values.yaml': `replicaCount: 1
image:
  repository: registry.example/api
  tag: ""
resources: {}
podSecurity:
  runAsNonRoot: true
env:
  - name: COLOUR
    value: red
cache:
  size: 3
`,
  'c/templates/_helpers.tpl': '{{- define "labels" -}}\napp: shop\n{{- end }}\n',
  'c/templates/api.yaml': `{{- if true }}
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-api
spec:
  ports:
    - port: 80
      name: http
{{- end }}
---
# the API itself
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-api
  labels:
    {{- include "labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  selector:
    matchLabels:
      app: api
  template:
    metadata:
      labels:
        app: api
    spec:
      {{- with .Values.podSecurity }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: proxy
          image: proxy:1
        - name: main
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          env:
            {{- range .Values.env }}
            - name: {{ .name }}
              value: {{ .value }}
            {{- end }}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
          terminationMessagePath: /dev/log
`,
  'c/charts/cache/Chart.yaml': 'apiVersion: v2\nname: cache\nversion: 0.1.0\n',
  'c/charts/cache/values.yaml': 'size: 1\nport: 6379\n',
  'c/charts/cache/templates/set.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: cache
spec:
  replicas: {{ .Values.size }}
  minReadySeconds: {{ .Values.port }}
`,
};

async function ownerOf(files: Readonly<Record<string, string>>, kind: string, pointer: Pointer): Promise<string> {
  const tree = temporaryTree(files);
  const found = await discover(tree, { renderers: hostRenderers() });
  const objects = [...found.rendered.values()].flatMap((rendered) => rendered.objects);
  const object = objects.find((candidate) => candidate.kind === kind && candidate.origin.rendered !== undefined);
  if (object === undefined) throw new Error(JSON.stringify(found.gaps));
  const place = locate(tree, trace(tree, found, below(object.origin, ...pointer)));
  return `${place?.path}:${place?.line}`;
}

const pod = ['spec', 'template', 'spec'];
const main = [...pod, 'containers', 1];

const RELEASE = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: shop, namespace: x }
spec:
  chart: { spec: { chart: ./c, sourceRef: { kind: GitRepository, name: x } } }
  values:
    replicaCount: 4
`;

describe.runIf(needs('helm'))('a value of a chart', () => {
  it('belongs to the values file that sets it last', async () => {
    expect(await ownerOf(chart, 'Deployment', ['spec', 'replicas'])).toBe('c/values.yaml:1');
    const prod = { ...chart, 'c/values-prod.yaml': '# ours\nreplicaCount: 3\n' };
    expect(await ownerOf(prod, 'Deployment', ['spec', 'replicas'])).toBe('c/values-prod.yaml:2');
  });

  it('belongs to the last key of a line that is set', async () => {
    expect(await ownerOf(chart, 'Deployment', [...main, 'image'])).toBe('c/values.yaml:3');
    const tagged = { ...chart, 'c/values-prod.yaml': 'image: { tag: "6" }\n' };
    expect(await ownerOf(tagged, 'Deployment', [...main, 'image'])).toBe('c/values-prod.yaml:1');
  });

  it('belongs to the credential of a line that has one', async () => {
    const connected = {
      ...chart,
      'c/values-prod.yaml': 'db:\n  password: hunter2\n  user: shop\n  name: shop\n',
      'c/templates/secret.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: db
stringData:
  url: postgres://{{ .Values.db.user }}:{{ .Values.db.password }}@db/{{ .Values.db.name }}
`,
    };
    expect(await ownerOf(connected, 'Secret', ['stringData', 'url'])).toBe('c/values-prod.yaml:2');
  });

  it('belongs to the key below a block that is written as a whole', async () => {
    expect(await ownerOf(chart, 'Deployment', [...pod, 'securityContext', 'runAsNonRoot'])).toBe('c/values.yaml:7');
    expect(await ownerOf(chart, 'Deployment', [...main, 'resources', 'limits'])).toBe('c/values.yaml:5');
    expect(await ownerOf(chart, 'Deployment', [...main, 'env', 0, 'value'])).toBe('c/values.yaml:10');
  });

  it('belongs to the line of the template where no value makes it', async () => {
    expect(await ownerOf(chart, 'Deployment', [...main, 'terminationMessagePath'])).toBe('c/templates/api.yaml:47');
    expect(await ownerOf(chart, 'Deployment', [...pod, 'containers', 0, 'image'])).toBe('c/templates/api.yaml:37');
    expect(await ownerOf(chart, 'Service', ['spec', 'ports', 0, 'port'])).toBe('c/templates/api.yaml:8');
    expect(await ownerOf(chart, 'Deployment', ['metadata', 'labels', 'app'])).toBe('c/templates/api.yaml:17');
  });

  it('that is missing belongs to the deepest line that is there', async () => {
    expect(await ownerOf(chart, 'Deployment', [...main, 'livenessProbe'])).toBe('c/templates/api.yaml:38');
    expect(await ownerOf(chart, 'Deployment', ['spec', 'strategy'])).toBe('c/templates/api.yaml:19');
  });

  it('of a subchart belongs to the parent where it sets it, else to the subchart', async () => {
    expect(await ownerOf(chart, 'StatefulSet', ['spec', 'replicas'])).toBe('c/values.yaml:12');
    expect(await ownerOf(chart, 'StatefulSet', ['spec', 'minReadySeconds'])).toBe('c/charts/cache/values.yaml:2');
  });

  it('belongs to the application that sets it inline', async () => {
    const app = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
spec:
  source:
    path: c
    helm:
      parameters:
        - name: replicaCount
          value: "4"
      valuesObject:
        resources:
          limits: { memory: 1Gi }
`;
    const files = { ...chart, 'argo/app.yaml': app };
    expect(await ownerOf(files, 'Deployment', ['spec', 'replicas'])).toBe('argo/app.yaml:11');
    expect(await ownerOf(files, 'Deployment', [...main, 'resources', 'limits'])).toBe('argo/app.yaml:14');
  });

  it('belongs to the very key of the application, not to another of that name', async () => {
    const app = (helm: string): Record<string, string> => ({
      ...chart,
      'argo/app.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: other }
spec: { source: { path: d, helm: { valuesObject: { image: { tag: "7" } } } } }
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  annotations:
    tag: of the application
spec:
  source:
    path: c
    helm:
      ${helm}
`,
    });
    const image = [...main, 'image'];
    const flow = app('valuesObject: { image: { tag: "7" } }');
    expect(await ownerOf(flow, 'Deployment', image)).toBe('argo/app.yaml:16');
    const text = app('values: |\n        other: { tag: x }\n        image:\n          tag: "7"');
    expect(await ownerOf(text, 'Deployment', image)).toBe('argo/app.yaml:19');
  });

  it('belongs to a HelmRelease, or to the call of a pipeline, that sets it', async () => {
    const replicas = ['spec', 'replicas'];
    expect(await ownerOf({ ...chart, 'flux/r.yaml': RELEASE }, 'Deployment', replicas)).toBe('flux/r.yaml:7');
    const script = 'set -e\nhelm upgrade shop ./c -f c/values-prod.yaml --set replicaCount=5\n';
    const files = { ...chart, 'c/values-prod.yaml': 'a: 1\n', 'deploy.sh': script };
    expect(await ownerOf(files, 'Deployment', replicas)).toBe('deploy.sh:2');
  });

  it('belongs to the release that an overlay takes in and patches', async () => {
    const release = `${RELEASE}    image: { tag: "8" }\n`;
    const files = {
      ...chart,
      'base/kustomization.yaml': 'resources: [release.yaml]\n',
      'base/release.yaml': release,
      'prod/kustomization.yaml': 'resources: [../base]\npatches: [{ path: patch.yaml }]\n',
      'prod/patch.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: shop, namespace: x }
spec:
  values:
    replicaCount: 6
`,
    };
    expect(await ownerOf(files, 'Deployment', ['spec', 'replicas'])).toBe('prod/patch.yaml:6');
    expect(await ownerOf(files, 'Deployment', [...main, 'image'])).toBe('base/release.yaml:8');
  });

  it('of a subchart under an alias belongs to the values of that alias, else to the subchart', async () => {
    const aliased = {
      ...chart,
      'c/Chart.yaml': `${chart['c/Chart.yaml']}dependencies:\n  - { name: cache, alias: sessions, version: 0.1.0 }\n`,
      'c/values.yaml': `${chart['c/values.yaml']}sessions:\n  size: 5\n`,
    };
    expect(await ownerOf(aliased, 'StatefulSet', ['spec', 'replicas'])).toBe('c/values.yaml:14');
    expect(await ownerOf(aliased, 'StatefulSet', ['spec', 'minReadySeconds'])).toBe('c/charts/cache/values.yaml:2');
  });

  const library = {
    'c/Chart.yaml': chart['c/Chart.yaml'],
    'c/values.yaml': 'replicaCount: 2\nother: 1\n',
    'c/charts/common/Chart.yaml': 'apiVersion: v2\nname: common\nversion: 0.1.0\ntype: library\n',
    'c/charts/common/templates/_workload.tpl': `{{- define "common.name" -}}
{{ .Release.Name }}
{{- end }}
{{- define "common.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "common.name" . }}
spec:
  {{- if .Values.replicaCount }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  minReadySeconds: 3
{{- end }}
{{- define "common.other" -}}
kind: Deployment
spec:
  replicas: 9
{{- end }}
`,
    'c/templates/deployment.yaml': '{{- include "common.deployment" . }}\n',
  };

  it('belongs to what the named template of a library chart makes it from', async () => {
    expect(await ownerOf(library, 'Deployment', ['spec', 'replicas'])).toBe('c/values.yaml:1');
    expect(await ownerOf(library, 'Deployment', ['spec', 'minReadySeconds'])).toBe(
      'c/charts/common/templates/_workload.tpl:13',
    );
  });

  it('is shared where other lines than conditions write out the value that owns it', async () => {
    const shared = async (files: Readonly<Record<string, string>>, pointer: Pointer): Promise<boolean> => {
      const found = await discover(temporaryTree(files), { renderers: hostRenderers() });
      const objects = [...found.rendered.values()].flatMap((rendered) => rendered.objects);
      const object = objects.find(({ kind }) => kind === 'Deployment');
      if (object === undefined) throw new Error(JSON.stringify(found.gaps));
      return isShared(found, below(object.origin, ...pointer));
    };
    expect(await shared(library, ['spec', 'replicas'])).toBe(false);
    const budget = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: x }
spec:
  minAvailable: {{ .Values.replicaCount }}
`;
    const both = { ...library, 'c/templates/budget.yaml': budget };
    expect(await shared(both, ['spec', 'replicas'])).toBe(true);
    expect(await shared(both, ['spec', 'minReadySeconds'])).toBe(false);
  });
});
