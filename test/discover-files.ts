import { noRenderers } from '../src/adapters/renderers.ts';
import { discover, type Discovery, type DiscoverOptions } from '../src/engine/discover/index.ts';
import { memoryTree } from './fixture-platform.ts';

/** Discovers a repository held in memory; nothing is rendered by a tool unless renderers are given. */
export function discoverFiles(
  files: Readonly<Record<string, string>>,
  options: Partial<DiscoverOptions> = {},
): Promise<Discovery> {
  return discover(memoryTree(files), { renderers: noRenderers, ...options });
}

/** `id -> environment` of what was found, for comparisons in one line. */
export function idsAndEnvironments(discovery: Discovery): Record<string, string> {
  return Object.fromEntries(discovery.deployables.map(({ id, environment }) => [id, environment ?? '']));
}

/** A Deployment with one container. */
export function deployment(name: string, more: { namespace?: string; image?: string; replicas?: number } = {}): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}${more.namespace === undefined ? '' : `\n  namespace: ${more.namespace}`}
spec:
  replicas: ${more.replicas ?? 2}
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers:
        - name: main
          image: ${more.image ?? `registry.example/${name}:1.0.0`}
`;
}

/** An Application of Argo CD, as the text of a file. */
export function application(name: string, spec: unknown): string {
  return JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name }, spec });
}

/** A service in two environments, and one in both. */
export const layered = {
  'k8s/common.yaml': deployment('common'),
  'k8s/prod/api.yaml': deployment('api', { replicas: 3 }),
  'k8s/staging/api.yaml': deployment('api', { replicas: 1 }),
};
