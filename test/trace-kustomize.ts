/** Where values of a rendered overlay come from, for tests. */
import { temporaryTree } from './temporary-tree.ts';
import { hostRenderers } from '../src/adapters/renderers.ts';
import { below, type Pointer } from '../src/model/origin.ts';
import { discover } from '../src/engine/discover/index.ts';
import { locate } from '../src/engine/locate.ts';
import { trace } from '../src/engine/trace/index.ts';
import { valueAt } from '../src/engine/trace/pointers.ts';

/** A Service and a Deployment, and a ConfigMap that is generated. */
export const base = {
  'base/kustomization.yaml': 'resources: [all.yaml]\nconfigMapGenerator:\n  - name: settings\n    literals: [a=b]\n',
  'base/all.yaml': `apiVersion: v1
kind: Service
metadata:
  name: api
spec:
  ports:
    - port: 80
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 1
  selector:
    matchLabels: { app: api }
  template:
    metadata:
      labels: { app: api }
    spec:
      containers:
        - name: proxy
          image: proxy:1
        - name: main
          image: api:1
          env:
            - name: COLOUR
              value: red
            - name: SIZE
              value: small
          resources:
            limits:
              memory: 1Gi
`,
};

/** Finds an object of the rendered overlay and answers where a value of it comes from, as `file:line`. */
export async function ownerOf(
  files: Readonly<Record<string, string>>,
  folder: string,
  kind: string,
  pointer: Pointer,
): Promise<string> {
  const tree = temporaryTree(files);
  const found = await discover(tree, { renderers: hostRenderers() });
  const rendered = found.rendered.get(`kustomize:${folder}`);
  const object = rendered?.objects.find((candidate) => candidate.kind === kind);
  if (object === undefined) throw new Error(JSON.stringify(found.gaps));
  const steps = named(object.body, pointer);
  const place = locate(tree, trace(tree, found, below(object.origin, ...steps)));
  return `${place?.path}:${place?.line}`;
}

/** Turns `name=x` into the index of that item: patches may change the order of a list. */
function named(body: unknown, pointer: Pointer): Pointer {
  const steps: (string | number)[] = [];
  for (const key of pointer) {
    const wanted = String(key).startsWith('name=') ? String(key).slice('name='.length) : undefined;
    const list = wanted === undefined ? [] : (valueAt(body, steps) as { name: string }[]);
    steps.push(wanted === undefined ? key : list.findIndex(({ name }) => name === wanted));
  }
  return steps;
}

/** The container `main`. */
export const main = ['spec', 'template', 'spec', 'containers', 'name=main'];
/** The base with a prefix, and what else an overlay says. */
export const overlay = (text: string): Record<string, string> => ({
  ...base,
  'prod/kustomization.yaml': `resources: [../base]\nnamePrefix: prod-\n${text}`,
});
