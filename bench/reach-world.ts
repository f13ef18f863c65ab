import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many of each a world has. */
export interface Size {
  readonly namespaces: number;
  readonly podsPerNamespace: number;
  readonly policiesPerNamespace: number;
}

/** Pods and policies as JSON manifests, a folder for each namespace. */
export function writeWorld(folder: string, size: Size): void {
  for (let index = 0; index < size.namespaces; index += 1) {
    const namespace = `team-${index}`;
    mkdirSync(join(folder, namespace), { recursive: true });
    const objects = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { tier: `t${index % 5}` } } },
      ...Array.from({ length: size.podsPerNamespace }, (_, pod) => podOf(namespace, pod)),
      ...Array.from({ length: size.policiesPerNamespace }, (_, policy) => policyOf(namespace, policy, size)),
    ];
    const documents = objects.map((object) => JSON.stringify(object)).join('\n---\n');
    writeFileSync(join(folder, namespace, 'all.yaml'), `${documents}\n`);
  }
}

/** Every pod has a label of its own, one that a third shares, and a named port. */
function podOf(namespace: string, index: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, namespace, labels: { app: `app-${index}`, part: `part-${index % 3}` } },
    spec: {
      containers: [{ name: 'main', image: 'registry.example/app:1.0', ports: [{ name: 'http', containerPort: 8080 }] }],
    },
  };
}

/** The first closes the namespace, the second lets DNS out, the others each open one pod to its neighbour. */
function policyOf(namespace: string, index: number, { podsPerNamespace }: Size): object {
  const app = (number: number): object => ({ matchLabels: { app: `app-${number % podsPerNamespace}` } });
  const metadata = { name: `policy-${index}`, namespace };
  const head = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata };
  if (index === 0) return { ...head, spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } };
  if (index === 1)
    return {
      ...head,
      spec: {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [
          {
            to: [{ namespaceSelector: {} }],
            ports: [
              { protocol: 'UDP', port: 53 },
              { protocol: 'TCP', port: 8080 },
            ],
          },
        ],
      },
    };
  return {
    ...head,
    spec: {
      podSelector: app(index),
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            { podSelector: app(index + 1) },
            { namespaceSelector: { matchLabels: { tier: 't1' } }, podSelector: app(0) },
          ],
          ports: [{ port: 'http' }],
        },
      ],
    },
  };
}
